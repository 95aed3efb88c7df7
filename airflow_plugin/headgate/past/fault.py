"""What went wrong while one check was measured, which is of that check alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from headgate.checks import Check
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


def measured_together(
    checks: Sequence[Check], measure: Callable[[Sequence[Check]], Mapping[str, Measured]]
) -> Mapping[str, Measured]:
    """Return what `measure` finds for checks that share a query; where it fails, what it finds for each of them alone.

    Raises:
        TransientError: the place was lost.
    """
    try:
        return measure(checks)
    except Exception as error:
        if len(checks) == 1 or isinstance(error, TransientError):
            fault = measured_fault(error)
            return {check.key: fault for check in checks}
        # One of them may be why.
        return {key: found for check in checks for key, found in measured_together([check], measure).items()}
