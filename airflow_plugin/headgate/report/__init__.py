"""What was found: check results, judged, masked and rendered."""

from headgate.report.judge import judge
from headgate.report.report import CheckResult, Report, Run, Status, Verdict, shortened

__all__ = ["CheckResult", "Report", "Run", "Status", "Verdict", "judge", "shortened"]
