"""The gate of events: what one event breaks of its contract, before it is sent or as it arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from headgate.checks import Check
from headgate.contract import Contract, Dataset
from headgate.errors import CallError
from headgate.plural import counted
from headgate.rules import Contract as ContractFile
from headgate.streams import codec
from headgate.streams.program import Keys, Undecided, compiled, undecided
from headgate.streams.reading import is_decimal

Event = Mapping[str, Any] | bytes | bytearray | memoryview | str | None
_SHOWN = 5


class EventGate:
    """Tells what an event breaks. It is compiled once, and then needs neither a database nor a broker.

    Every check that one event can decide is asked. Those that it cannot (uniqueness, foreign keys, numbers of many
    events, queries) are in `elsewhere`, each with its reason.

    Attributes:
        dataset: the promise.
        elsewhere: the checks that are not asked of an event; the contract says `checkedAt: slice` of them, or they are
            warnings.
    """

    def __init__(
        self, contract: Dataset | Contract | str | Path, dataset: str | None = None, *, max_bytes: int = codec.MAX_BYTES
    ) -> None:
        """Compile the checks of a dataset.

        Args:
            contract: a dataset, a contract or its path; `CONTRACT#DATASET` names one of several datasets.
            dataset: its name, where the contract has several.
            max_bytes: an event of more bytes is refused (`event.size`).

        Raises:
            ContractError: the contract is wrong.
            CallError: one event cannot decide an error-level rule, and the contract does not say where it is checked.
        """
        self.dataset = _dataset(contract, dataset)
        self.max_bytes = max_bytes
        self.elsewhere: tuple[Undecided, ...] = tuple(undecided(self.dataset))
        self._ensure_decidable()
        left = {each.check.key for each in self.elsewhere}
        asked = [check for check in self.dataset.checks if check.key not in left]
        self._errors = _Programs(self.dataset, [check for check in asked if self._holds_back(check)])
        self._warnings = _Programs(self.dataset, [check for check in asked if not self._holds_back(check)])
        self._exact = any(map(is_decimal, self.dataset.properties))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process compiles the same gate."""
        return _gate, (self.dataset, self.max_bytes)

    def check(self, event: Event) -> Keys:
        """Return the keys of all error-level checks that an event breaks, in the contract's order; empty if it may
        pass.

        An event is an object of JSON, as a mapping or as bytes, with a registry's prefix or without; a mapping may hold
        what decoders of other formats give (Decimal, datetime, date, time, UUID). None, a tombstone, may pass. What
        cannot be read as an event breaks one of `headgate.streams.codec`'s: `event.json`, `event.size`, … Nothing is
        raised, and no value is told. A rule of which the policy is `warn`, and every rule of a draft, is a warning.
        """
        return self._told(self._errors, event)

    def warnings(self, event: Event) -> Keys:
        """Return the keys of the other checks that an event breaks, which do not hold it back."""
        return tuple(key for key in self._told(self._warnings, event) if key not in codec.REASONS)

    def read(self, data: bytes | bytearray | memoryview | str | None) -> tuple[Mapping[str, Any], Keys]:
        """Return the event in `data`, empty where there is none, and what `check` says of it."""
        event = {} if data is None else codec.decode(_bytes(data), self.max_bytes)
        return ({} if isinstance(event, str) else event, self.check(data))

    def _told(self, programs: _Programs, event: Event) -> Keys:
        try:
            if type(event) is dict:
                return programs.of_objects(event)
            if event is None:
                return ()
            if type(event) is not bytes and isinstance(event, Mapping):
                return programs.of_objects(event)
            decoded = codec.decode(_bytes(event), self.max_bytes, exact=self._exact)
            return (decoded,) if isinstance(decoded, str) else programs.of_json(decoded)
        except Exception:  # whatever a value of no JSON type does: unknown is not pass
            return (codec.UNREADABLE,)

    def _holds_back(self, check: Check) -> bool:
        if check.severity != "error" or self.dataset.contract.is_draft:
            return False
        return (check.policy or self.dataset.on_breach)[0] != "warn"

    def _ensure_decidable(self) -> None:
        if self.dataset.settings["checkedAt"] == "slice":
            return
        left = [(each.check.key, each.reason) for each in self.elsewhere if self._holds_back(each.check)]
        if not self.dataset.contract.is_draft:
            left += [
                (rule.key, rule.reason)
                for rule in self.dataset.unchecked
                if rule.severity == "error" and not rule.excused
            ]
        if left:
            told = "; ".join(f"{key}: {reason}" for key, reason in left[:_SHOWN])
            more = f"; and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
            raise CallError(
                f"{self.dataset.contract.file}: one event cannot decide {counted(len(left), 'rule')} of "
                f"'{self.dataset.name}' ({told}{more}); write `checkedAt: slice` (customProperties, vendor headgate) "
                "where they are checked on the table or on slices of the topic, or make them warnings"
            )


class _Programs:
    """The same checks for objects, and for what a decoder of JSON gives."""

    __slots__ = ("of_json", "of_objects")

    def __init__(self, dataset: Dataset, checks: Sequence[Check]) -> None:
        self.of_objects = compiled(dataset, checks)
        self.of_json = compiled(dataset, checks, decoded=True)


def _gate(dataset: Dataset, max_bytes: int) -> EventGate:
    return EventGate(dataset, max_bytes=max_bytes)


def _dataset(contract: Dataset | Contract | str | Path, name: str | None) -> Dataset:
    if isinstance(contract, Dataset):
        return contract
    if isinstance(contract, Contract):
        return contract.only(name)
    path, _, named = str(contract).partition("#")
    return ContractFile.load(path).only(name or named or None)


def _bytes(event: Any) -> bytes:
    if type(event) is bytes:
        return event
    if isinstance(event, str):
        return event.encode("utf-8", "surrogatepass")
    return bytes(event) if isinstance(event, bytes | bytearray | memoryview) else b"[]"
