"""Forty changes of a contract: what was promised, what is promised now, and whom that really harms.

`harms` is a judgement of people, of neither the registry nor headgate: P, producers and readers of old data with the
new schema; C, consumers with the old one; D, readers of the documentation alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from headgate.contract import Dataset
from headgate.streams.schemas import SchemaType, schema_of

from tests.support.contracts import load, odcs, setting

TYPES: tuple[SchemaType, ...] = ("AVRO", "JSON", "PROTOBUF")


def p(name: str, kind: str, number: int, *, required: bool = False, **more: Any) -> dict[str, Any]:
    """A property with its field number. `settings` are headgate's own, `options` of its logical type."""
    settings = [setting("fieldNumber", number), *(setting(k, v) for k, v in more.pop("settings", {}).items())]
    custom = settings + more.pop("custom", [])
    options = more.pop("options", {})
    return {
        "name": name, "logicalType": kind, **({"required": True} if required else {}),
        **({"logicalTypeOptions": options} if options else {}), "customProperties": custom, **more,
    }  # fmt: skip


def enum(*values: str, numbers: dict[str, int]) -> dict[str, Any]:
    return p("status", "string", 2, enum=[{"value": v} for v in values], settings={"enumNumbers": numbers})


def amount(**more: Any) -> dict[str, Any]:
    return p("amount", "number", 2, required=True, **more)


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return amount(physicalType=f"DECIMAL({precision},{scale})")


def count(**more: Any) -> dict[str, Any]:
    return p("count", "integer", 2, required=True, **more)


def note(**more: Any) -> dict[str, Any]:
    return p("note", "string", 2, **more)


def at(kind: str = "timestamp", **more: Any) -> dict[str, Any]:
    return p("at", kind, 2, required=True, **more)


def place(*inner: dict[str, Any]) -> dict[str, Any]:
    return p("place", "object", 2, required=True, properties=[p("city", "string", 1, required=True), *inner])


def tags(kind: str = "string", **more: Any) -> dict[str, Any]:
    return p("tags", "array", 2, required=True, items={"logicalType": kind}, **more)


ID = p("id", "string", 1, required=True)
EXTRA = p("extra", "string", 3)
PAID, OPEN, VOID = {"PAID": 1}, {"OPEN": 2}, {"VOID": 3}
UNIT = "unit"


@dataclass(frozen=True)
class Case:
    """`foreign` rewrites the registered schema of a language, as another tool than headgate writes it."""

    name: str
    old: list[dict[str, Any]]
    new: list[dict[str, Any]]
    harms: str = ""
    foreign: dict[SchemaType, tuple[str, str]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def document(self, new: bool, **root: Any) -> dict[str, Any]:
        thing = {"name": "usage", "properties": [ID, *(self.new if new else self.old)]}
        return odcs(thing, id="usage-events", version="2.0.0" if new else "1.0.0", **root)

    def dataset(self, new: bool) -> Dataset:
        return load(self.document(new))["usage"]

    def text(self, type_: SchemaType, new: bool) -> str:
        text = schema_of(self.dataset(new), type_).text
        if new or type_ not in self.foreign:
            return text
        written, foreign = self.foreign[type_]
        assert written in text
        return text.replace(written, foreign)


CASES = [
    Case("optional field added", [], [note()]),
    Case("required field added", [], [note(required=True)], "P"),
    Case("optional field with a default added", [], [note(settings={"default": "none"})]),
    Case("required field with a default added", [], [note(required=True, settings={"default": "none"})], "P"),
    Case("optional field removed", [note()], [], "C"),
    Case("required field removed", [note(required=True)], [], "C"),
    Case("optional → required", [note()], [note(required=True)], "P"),
    Case("required → optional", [note(required=True)], [note()], "C"),
    Case("optional field renamed", [note()], [note() | {"name": "remark"}], "C"),
    Case("required field renamed", [note(required=True)], [note(required=True) | {"name": "remark"}], "PC"),
    Case("fields reordered", [note(), EXTRA], [EXTRA, note()]),
    Case("default of a field changed", [note(settings={"default": "none"})], [note(settings={"default": "new"})], "P"),
    Case("enum value added", [enum("PAID", "OPEN", numbers=PAID | OPEN)], [enum("PAID", "OPEN", "VOID", numbers=PAID | OPEN | VOID)], "C"),
    Case("enum value removed", [enum("PAID", "OPEN", "VOID", numbers=PAID | OPEN | VOID)], [enum("PAID", "OPEN", numbers=PAID | OPEN)], "P"),
    Case("enum value renamed", [enum("PAID", "OPEN", numbers=PAID | OPEN)], [enum("PAID", "DUE", numbers=PAID | {"DUE": 2})], "PC"),
    Case("enum → any text", [enum("PAID", "OPEN", numbers=PAID | OPEN)], [p("status", "string", 2)], "C"),
    Case("any text → enum", [p("status", "string", 2)], [enum("PAID", "OPEN", numbers=PAID | OPEN)], "P"),
    Case("maximum lowered", [amount(options={"maximum": 500})], [amount(options={"maximum": 400})], "P"),
    Case("maximum raised", [amount(options={"maximum": 500})], [amount(options={"maximum": 600})], "C"),
    Case("longest text shortened", [note(options={"maxLength": 50})], [note(options={"maxLength": 20})], "P"),
    Case("pattern changed", [note(options={"pattern": "^[a-z]+$"})], [note(options={"pattern": "^[A-Z]+$"})], "PC"),
    Case("integer → number", [count()], [count() | {"logicalType": "number"}], "C"),
    Case("number → integer", [count() | {"logicalType": "number"}], [count()], "P"),
    Case("32 → 64 bits", [count(options={"format": "i32"})], [count(options={"format": "i64"})], "C"),
    Case("64 → 32 bits", [count(options={"format": "i64"})], [count(options={"format": "i32"})], "P"),
    Case("text → integer", [note()], [note() | {"logicalType": "integer"}], "PC"),
    Case("text → bytes", [note(physicalType="VARCHAR")], [note(physicalType="BYTES")], "PC"),
    Case("boolean → text", [note() | {"logicalType": "boolean"}], [note()], "PC"),
    Case("decimal: scale 2 → 3", [decimal(12, 2)], [decimal(12, 3)], "PC"),
    Case("decimal: precision 12 → 10", [decimal(12, 2)], [decimal(10, 2)], "P"),
    Case("decimal: precision 12 → 14", [decimal(12, 2)], [decimal(14, 2)], "C"),
    Case("timestamp: millis → micros", [at(physicalType="timestamp(3)")], [at(physicalType="timestamp(6)")], "C",
         {"AVRO": ("timestamp-micros", "timestamp-millis")}),
    Case("timestamp: moment → local time", [at(options={"timezone": True})], [at(options={"timezone": False})], "PC"),
    Case("timestamp → date", [at()], [at("date")], "PC"),
    Case("optional field of an object added", [place()], [place(p("zip", "string", 2))]),
    Case("required field of an object added", [place()], [place(p("zip", "string", 2, required=True))], "P"),
    Case("type of the items of an array changed", [tags()], [tags("integer")], "PC"),
    Case("field number changed", [note()], [p("note", "string", 5)], "PC"),
    Case("unit changed", [amount(custom=[{"property": UNIT, "value": "EUR"}])],
         [amount(custom=[{"property": UNIT, "value": "cent"}])], "PC"),
    Case("description changed", [note(description="What the customer wrote.")], [note(description="What the agent wrote.")], "D"),
]  # fmt: skip
