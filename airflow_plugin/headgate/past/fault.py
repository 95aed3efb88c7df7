"""What went wrong while one check was measured, which is of that check alone."""

from __future__ import annotations

from headgate.errors import HeadgateError, TransientError
from headgate.scan import Measured


def measured_fault(error: Exception) -> Measured:
    """Return that a check could not be measured, and why. The text of an error that is not headgate's own may hold
    values of the data, so that only its type is told.

    Raises:
        TransientError: the place was lost, which is of all checks.
    """
    if isinstance(error, TransientError):
        raise error
    if isinstance(error, HeadgateError):
        return Measured(error=str(error))
    return Measured(error=f"it cannot be computed: {type(error).__name__}")
