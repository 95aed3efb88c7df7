"""Events under a contract: their gate, their schemas, the registry.

from headgate.streams import EventGate

gate = EventGate("contracts/usage.odcs.yaml")
reasons = gate.check({"id": "u-1", "amount": -1})  # ("amount.minimum",)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headgate.errors import MissingExtraError
from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.streams.gate import EventGate

__all__ = ["EventGate"]

_imported = lazily(__name__, {"EventGate": "headgate.streams.gate:EventGate"})


def __getattr__(name: str) -> Any:
    try:
        return _imported(name)
    except ModuleNotFoundError as error:
        if error.name in ("jsonschema_rs", "msgspec", "re2"):
            raise MissingExtraError(error.name, "events") from None
        raise
