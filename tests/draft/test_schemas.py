"""A draft of a JSON Schema, or of a model of pydantic: its own origin has the shape that it promises."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Optional
from uuid import UUID

import pytest
from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen, MultipleOf
from click.testing import CliRunner
from headgate import CallError, draft_contract
from headgate.cli import main
from headgate.contract import Dataset
from headgate.rules.load import parse
from headgate.testing import assert_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, create_model

from tests.support.drafts import enums, options_of


class Kind(Enum):
    A = "a"
    B = "b"


class Line(BaseModel):
    sku: str = Field(pattern="^[A-Z]+$", max_length=8)
    quantity: int = Field(ge=1, lt=100)
    price: Decimal | None = None


class Tree(BaseModel):
    label: str
    left: Optional[Tree] = None  # noqa: UP045 - the name is not known yet
    right: Optional[Tree] = None  # noqa: UP045


class Order(BaseModel):
    """An order of the shop."""

    model_config = ConfigDict(extra="forbid")

    id: int = Field(gt=0, description="The key: of a row")
    status: Literal["new", "paid"]
    kind: Kind | None
    ratio: float = Field(multiple_of=0.5)
    email: str | None = None
    at: datetime
    day: date
    token: UUID
    lines: list[Line] = Field(min_length=1)
    tags: set[str]
    attributes: dict[str, int]
    both: int | str
    tree: Tree
    look: str = Field(json_schema_extra={"pattern": "(?=a)b"})


def drafted(origin: Any) -> Dataset:
    text = str(draft_contract(origin))
    things = parse(text, Path("draft.odcs.yaml")).only()
    assert_schema(things, origin)
    return things


def test_a_model() -> None:
    order = drafted(Order)
    by_name = {p.name: p for p in order.properties}
    assert {p.name: p.logical_type for p in order.properties} == {
        "id": "integer", "status": "string", "kind": "string", "ratio": "number", "email": "string", "at": "timestamp",
        "day": "date", "token": "string", "lines": "array", "tags": "array", "attributes": "map", "both": None,
        "tree": "object", "look": "string",
    }  # fmt: skip
    required = {(c.columns[0], *c.within) for c in order.checks if c.type == "not_null"}
    assert {name for name in by_name if (name,) not in required} == {"kind", "email"}
    assert (order.name, order.description, by_name["id"].description) == (
        "Order", "An order of the shop.", "The key: of a row",
    )  # fmt: skip
    assert enums(order) == {"status": ["new", "paid"], "kind": ["a", "b"]}
    options = options_of(order)
    assert {name: options[name] for name in options if options[name]} == {
        "id": {"exclusiveMinimum": 0}, "ratio": {"multipleOf": Decimal("0.5")}, "token": {"format": "uuid"},
        "lines": {"minItems": 1}, "tags": {"uniqueItems": True},
    }  # fmt: skip
    sku, quantity, price = by_name["lines"].nested[0].nested
    assert sku.options == {"maxLength": 8, "pattern": "^[A-Z]+$"}
    assert quantity.options == {"minimum": 1, "exclusiveMaximum": 100}
    assert price.logical_type == "number"
    assert (order.settings["extraColumns"], by_name["email"].classification) == ("fail", "confidential")


NOTES = [
    ("both", "may be integer or string; TODO logicalType"),
    ("look", 'pattern "(?=a)b" is not in the contract'),
    ("lines", '"lines[].price": a number or its text, as decimals are described'),
    ("tree", '"tree.left": holds itself; what is inside is not in the contract'),
]


@pytest.mark.parametrize(("name", "note"), NOTES)
def test_what_a_contract_has_no_words_for_is_named(name: str, note: str) -> None:
    assert note in next(p.notes for p in draft_contract(Order).properties if p.name == name)


# a schema of a property, that property as a contract has it, notes
SCHEMAS: list[tuple[Any, dict[str, Any], list[str]]] = [
    ({"type": "string"}, {"logicalType": "string"}, []),
    ({"type": ["string", "null"], "minLength": 1}, {"logicalType": "string", "logicalTypeOptions": {"minLength": 1}}, []),
    ({"type": "string", "format": "email"}, {"logicalType": "string", "logicalTypeOptions": {"format": "email"}}, []),
    ({"type": "string", "format": "date-time"}, {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}},
     []),
    ({"type": "string", "format": "time"}, {"logicalType": "time"},
     ["the format time demands a zone; a time of a contract has none"]),
    ({"type": "integer", "default": "x"}, {"logicalType": "integer"}, ["its default is not in the contract"]),
    ({"$ref": "#/$defs/word", "maxLength": 3}, {"logicalType": "string", "logicalTypeOptions": {"maxLength": 3}}, []),
    ({"anyOf": [{"type": "string"}, {"type": "null"}], "maxLength": 3},
     {"logicalType": "string", "logicalTypeOptions": {"maxLength": 3}}, []),
    ({"allOf": [{"$ref": "#/$defs/A"}, {"properties": {"y": {"type": "integer"}, "z": {"maxLength": 2}}}]},
     {"logicalType": "object", "properties": [
         {"name": "z", "logicalType": "string", "required": True, "logicalTypeOptions": {"maxLength": 2}},
         {"name": "y", "logicalType": "integer"}]}, []),
    ({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["b"]},
     {"logicalType": "object", "properties": [{"name": "a", "logicalType": "integer"}]},
     ["b is required, and nothing is said of it"]),
    ({"allOf": [{"type": "number", "minimum": 1}, {"type": "integer", "minimum": 3}]},
     {"logicalType": "integer", "logicalTypeOptions": {"minimum": 3}}, []),
    ({"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "b$"}]},
     {"logicalType": "string", "logicalTypeOptions": {"pattern": "^a"}},
     ["allOf \"[{'pattern': 'b$'}]\" is not in the contract"]),
    ({"type": "array", "items": {"type": ["integer", "null"]}},
     {"logicalType": "array", "items": {"logicalType": "integer"}},
     ['"v[]": may be null; a JSON Schema of this contract does not allow it']),
    ({"type": "array", "items": [{"type": "integer"}]}, {"logicalType": "array"},
     ["items \"[{'type': 'integer'}]\" is not in the contract"]),
    ({"type": "string", "format": "iri"}, {"logicalType": "string"}, ["format iri is not in the contract"]),
    ({"type": "integer", "maximum": 9.0}, {"logicalType": "integer", "logicalTypeOptions": {"maximum": 9}}, []),
    ({"type": "integer", "minimum": 0.5}, {"logicalType": "integer"}, ['minimum "0.5" is not in the contract']),
    ({"enum": [1, 2, None]}, {"logicalType": "integer", "enum": [{"value": 1}, {"value": 2}]}, []),
    ({"const": True}, {"logicalType": "boolean", "enum": [{"value": True}]}, []),
    ({"enum": [1, "a"]}, {}, ["may be integer or string; TODO logicalType"]),
    ({}, {}, ["may be anything; TODO logicalType"]),
    ({"type": "integer", "not": {"const": 3}}, {"logicalType": "integer"},
     ["not \"{'const': 3}\" is not in the contract"]),
    ({"type": "array", "items": {"type": "integer"}, "uniqueItems": True},
     {"logicalType": "array", "logicalTypeOptions": {"uniqueItems": True}, "items": {"logicalType": "integer"}}, []),
    ({"type": "array", "items": {"type": "string", "format": "ipv9"}},
     {"logicalType": "array", "items": {"logicalType": "string"}}, ['"v[]": format ipv9 is not in the contract']),
    ({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
     {"logicalType": "object", "properties": [{"name": "a", "logicalType": "integer", "required": True}]}, []),
    ({"type": "object", "additionalProperties": {"type": "integer"}},
     {"logicalType": "map", "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "integer"}}}, []),
    ({"$ref": "#/$defs/word", "description": "A word"}, {"description": "A word", "logicalType": "string"}, []),
    ({"allOf": [{"$ref": "#/$defs/word"}], "maxLength": 3},
     {"logicalType": "string", "logicalTypeOptions": {"maxLength": 3}}, []),
    ({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
     {"logicalType": "integer", "logicalTypeOptions": {"minimum": 1}}, []),
    ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, {"logicalType": "number"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "expected", "notes"), SCHEMAS)
def test_json_schemas(schema: Any, expected: dict[str, Any], notes: list[str]) -> None:
    origin = {"type": "object", "properties": {"v": schema}, "$defs": {
        "word": {"type": "string"},
        "A": {"type": "object", "properties": {"z": {"type": "string"}}, "required": ["z"]},
    }}  # fmt: skip
    drafted(origin)
    (column,) = draft_contract(origin).properties
    assert ({p.key: p.value for p in column.proposals}, list(column.notes)) == (expected, notes)


ROWS = [
    ({"required": ["a", "b"]}, ["b is required, and nothing is said of it"]),
    ({"anyOf": [{"required": ["a"]}]}, ["anyOf \"[{'required': ['a']}]\" is not in the contract"]),
    ({"patternProperties": {"^x": {}}}, ["patternProperties \"{'^x': {}}\" is not in the contract"]),
    ({"additionalProperties": False}, []),
    ({"properties": {"a": {"type": ["integer", "null"]}}},
     ["may be null: a; a JSON Schema of this contract leaves them out instead"]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "notes"), ROWS)
def test_what_is_said_of_the_row(said: dict[str, Any], notes: list[str]) -> None:
    assert list(draft_contract({"type": "object", "properties": {"a": {"type": "integer"}}} | said).notes) == notes


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.json").write_text(json.dumps(Order.model_json_schema()))
    (tmp_path / "shop_models.py").write_text(
        "from pydantic import BaseModel\nclass Order(BaseModel):\n    id: int\n    note: str | None\n"
    )
    for origin, columns in (("orders.json", 14), ("shop_models:Order", 2)):
        done = CliRunner().invoke(main, ["init", origin, "-o", "o.yaml", "--force"])
        assert (done.exit_code, done.output.splitlines()[0]) == (0, f"o.yaml: drafted from a schema, {columns} columns")
        checked = CliRunner().invoke(main, ["check", "o.yaml", origin, "--schema-only"])
        assert (checked.exit_code, checked.output.splitlines()[0]) == (0, "PASS  Order: 0 rows of Order"), (
            checked.output
        )


def test_rows_in_json_are_no_schema(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    for text in ('[{"id": 1}]', '{"id": 1}\n{"id": 2}\n', '{"id": 1, "properties": "none"}'):
        path.write_text(text)
        assert draft_contract(path).rows is not None


WRONG = [
    ("no_such_module:Order", "no_such_module:Order: the model cannot be imported"),
    ("json:JSONDecoder", "json:JSONDecoder is not a model of pydantic"),
    ("nothing.schema.json", "nothing.schema.json: the JSON Schema cannot be read"),
    ({"type": "object"}, "the JSON Schema has no `properties`"),
    ({"properties": {"headgate_x": {}}}, "headgate uses itself"),
]


@pytest.mark.parametrize(("origin", "said"), WRONG)
def test_what_is_no_schema(origin: Any, said: str) -> None:
    with pytest.raises(CallError) as raised:
        draft_contract(origin)
    assert said in str(raised.value)


BOUNDS = st.integers(-1000, 1000)
LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([int, float, str, bool, date, datetime, time, UUID, Decimal, bytes, Any, Kind, Tree]),
    BOUNDS.map(lambda n: Annotated[int, Ge(n), Lt(n + 5)]),
    BOUNDS.map(lambda n: Annotated[float, Gt(n / 8), Le(n / 8 + 1)]),
    BOUNDS.map(lambda n: Annotated[int, MultipleOf(abs(n) + 1)]),
    st.integers(0, 9).map(lambda n: Annotated[str, MinLen(n), MaxLen(n + 3)]),
    st.sampled_from(["^a+$", "[0-9]{3}", "x|y"]).map(lambda pattern: Annotated[str, Field(pattern=pattern)]),
    st.lists(st.text(max_size=5), min_size=1, max_size=3, unique=True).map(lambda values: Literal[tuple(values)]),
    st.lists(st.integers(), min_size=1, max_size=3, unique=True).map(lambda values: Literal[tuple(values)]),
)
NAMES = st.from_regex(r"[a-z][a-z_]{0,6}[a-z]", fullmatch=True).filter(lambda name: not name.startswith("model"))


def models(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = st.dictionaries(NAMES, st.tuples(inner, st.sampled_from([..., None])), min_size=1, max_size=4)
    return fields.map(
        lambda found: create_model(
            "Made", **{n: (kind if default is ... else kind | None, default) for n, (kind, default) in found.items()}
        )  # type: ignore[call-overload]
    )


TYPES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda kind: list[kind]),  # type: ignore[valid-type]
        inner.map(lambda kind: Annotated[list[kind], MinLen(1), MaxLen(5)]),  # type: ignore[valid-type]
        inner.map(lambda kind: dict[str, kind]),  # type: ignore[valid-type]
        models(inner),
    ),
    max_leaves=6,
)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Field name")
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(models(TYPES))
def test_every_model_has_the_shape_of_its_draft(model: type[BaseModel]) -> None:
    drafted(model)
    drafted(model.model_json_schema())
