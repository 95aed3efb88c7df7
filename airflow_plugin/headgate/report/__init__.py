"""What was found: check results, judged, masked and rendered."""

from headgate.report.judge import judge
from headgate.report.report import MASK, NO_RUN, CheckResult, Report, Run, Status, Verdict, shortened

__all__ = ["MASK", "NO_RUN", "CheckResult", "Report", "Run", "Status", "Verdict", "judge", "shortened"]
