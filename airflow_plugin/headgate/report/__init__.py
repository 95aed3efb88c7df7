"""What was found: check results, judged, masked and rendered."""

from headgate.report.judge import judge
from headgate.report.report import NO_RUN, CheckResult, Report, Run, Status, Verdict, shortened

__all__ = ["NO_RUN", "CheckResult", "Report", "Run", "Status", "Verdict", "judge", "shortened"]
