"""What the checks found: judged values."""

from headgate.report.judge import judge
from headgate.report.report import NO_RUN, Report, Run, Verdict, shortened
from headgate.report.result import CheckResult, Status
from headgate.report.words import MASK, late_words

__all__ = ["MASK", "NO_RUN", "CheckResult", "Report", "Run", "Status", "Verdict", "judge", "late_words", "shortened"]
