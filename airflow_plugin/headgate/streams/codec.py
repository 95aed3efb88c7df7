"""The bytes of an event: the JSON object in them, or the reason why there is none."""

from __future__ import annotations

import json
from decimal import Decimal
from math import isinf
from typing import Any

import msgspec

# What a Kafka broker takes by default.
MAX_BYTES = 1_048_576
# Reasons that are no check's: each is what is wrong with the event as a whole.
EMPTY, SIZE, FRAME, NOT_JSON, NOT_OBJECT, DUPLICATE_KEY, UNREADABLE = (
    "event.empty",
    "event.size",
    "event.frame",
    "event.json",
    "event.object",
    "event.duplicateKey",
    "event.value",
)
REASONS = frozenset({EMPTY, SIZE, FRAME, NOT_JSON, NOT_OBJECT, DUPLICATE_KEY, UNREADABLE})
# What a registry's client writes before a value: a zero and the schema's id in four bytes, or a one and its GUID in 16.
_FRAMES = {0: 5, 1: 17}
_BLANKS = b" \t\r\n"


def _decimal(text: str) -> Decimal:
    if isinf(float(text)):
        raise ValueError("beyond the numbers of JSON's readers")
    return Decimal(text)


_decode = msgspec.json.Decoder().decode
_decode_exactly = msgspec.json.Decoder(float_hook=_decimal).decode


def decode(data: bytes, max_bytes: int = MAX_BYTES, *, exact: bool = False) -> dict[str, Any] | str:
    """Return the JSON object in the bytes of an event, behind a registry's prefix or without one; or the reason why
    there is none.

    Args:
        exact: numbers with a fraction are read as Decimals, which keep all their digits, in place of floats.
    """
    if not data:
        return EMPTY
    if len(data) > max_bytes:
        return SIZE
    if (first := data[0]) < 32 and first not in _BLANKS:
        if first not in _FRAMES or len(data) <= _FRAMES[first]:
            return FRAME
        data = data[_FRAMES[first] :]
    try:
        value = _decode_exactly(data) if exact else _decode(data)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return NOT_JSON
    if type(value) is not dict:
        return NOT_OBJECT
    # A key ends in a quote, and a colon follows: as many as the object has, and none is there twice.
    keys = len(value) if data.count(b"{") == 1 else _keys(value)
    if data.translate(None, _BLANKS).count(b'":') != keys and _repeats(data):
        return DUPLICATE_KEY
    return value


def _keys(value: Any) -> int:
    if type(value) is dict:
        found = len(value)
        for inner in value.values():
            if type(inner) is dict or type(inner) is list:
                found += _keys(inner)
        return found
    return sum(_keys(item) for item in value if type(item) is dict or type(item) is list)


class _RepeatedError(ValueError):
    pass


def _repeats(data: bytes) -> bool:
    def once(pairs: list[tuple[str, Any]]) -> None:
        if len({key for key, _ in pairs}) < len(pairs):
            raise _RepeatedError

    try:
        json.loads(data, object_pairs_hook=once)
    except _RepeatedError:
        return True
    except (ValueError, RecursionError):  # it was read once: what is nested too deeply here has been told
        return False
    return False
