"""Great Expectations in and out: a suite answered as GX answers it, suites and contracts into each other.

Importing this imports neither Great Expectations nor pandas.
"""

from headgate.gx.check import check
from headgate.gx.from_results import report_of

__all__ = ["check", "report_of"]
