"""`headgate registry check|push|diff`: the registry's word and headgate's, and what is written."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from headgate.changes.change import Level
from headgate.cli import main
from headgate.contract.document import read
from headgate.streams.registry import Address, Registered, Registry, SchemaText
from headgate.streams.registry.comparison import compared, compared_schemas
from headgate.streams.schemas import schema_of

from tests.streams.registry.changes import CASES, TYPES, Case
from tests.streams.registry.test_changes import is_silent
from tests.support.contracts import load, odcs, setting, write
from tests.support.registry_server import Fake, canonical, serving

BY_NAME = {case.name: case for case in CASES}
SUBJECT = "usage-value"


@pytest.fixture(params=["confluent", "apicurio"])
def fake(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    with serving(request.param) as fake:
        monkeypatch.setenv("HEADGATE_REGISTRY_URL", fake.url)
        yield fake


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    return tmp_path


def contract(case: Case, new: bool, format_: str = "avro", **root: Any) -> Path:
    """The contract of one side of a change, at the same path."""
    server = {"server": "events", "type": "kafka", "host": "broker:9092", "format": format_}
    about = {"servers": [server], "team": {"name": "Usage team"}}
    return write(Path(), case.document(new, **about, **root), "usage.odcs.yaml")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["registry", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def answer(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--format", "json").stdout)


def pushed(fake: Fake, case: Case, mode: str, format_: str = "avro") -> Path:
    """Register the old side of a change under a mode, and write the new one."""
    contract(case, False, format_)
    assert run("push", "usage.odcs.yaml", "--mode", mode).exit_code == 0
    fake.asked.clear()
    return contract(case, True, format_)


# The one "no" of a registry that was asked about both directions.
EITHER = "incompatible in one or both"

# change, language, mode: exit code; the registry's words backward and forward, headgate's for P and C, the silent rules
CHECKS: list[tuple[str, str, str, int, tuple[str, str, str, str], list[str]]] = [
    ("optional field added", "avro", "FULL", 0, ("compatible", "compatible", "RISK", "SAFE"), ["property-added"]),
    ("required field added", "avro", "BACKWARD", 1, ("incompatible", "not asked", "BREAK", "SAFE"), []),
    ("required field added", "avro", "FORWARD", 1, ("not asked", "compatible", "BREAK", "SAFE"), ["property-added-required"]),
    ("required field added", "avro", "FULL", 1, (EITHER, EITHER, "BREAK", "SAFE"), []),
    ("required field added", "avro", "NONE", 1, ("not asked", "not asked", "BREAK", "SAFE"), ["property-added-required"]),
    ("required field added", "avro", "BACKWARD_TRANSITIVE", 1, ("incompatible", "not asked", "BREAK", "SAFE"), []),
    ("optional field removed", "avro", "FULL", 1, ("compatible", "compatible", "–", "BREAK"), ["property-removed"]),
    ("enum value added", "avro", "BACKWARD", 0, ("compatible", "not asked", "SAFE", "RISK"), ["enum-value-added"]),
    ("enum value added", "avro", "FORWARD", 1, ("not asked", "incompatible", "SAFE", "RISK"), []),
    ("decimal: scale 2 → 3", "avro", "FULL", 1, ("compatible", "compatible", "RISK", "BREAK"), ["scale-changed"]),
    ("timestamp: moment → local time", "avro", "FULL", 1, ("compatible", "compatible", "BREAK", "BREAK"), ["timezone-changed"]),
    ("maximum lowered", "json", "FULL", 1, (EITHER, EITHER, "BREAK", "SAFE"), []),
    ("field number changed", "protobuf", "FULL", 1, (EITHER, EITHER, "BREAK", "BREAK"), []),
    ("description changed", "avro", "FULL", 0, ("compatible", "compatible", "–", "DOC"), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "format_", "mode", "code", "said", "silent"), CHECKS, ids=[f"{c[0]}, {c[1]}, {c[2]}" for c in CHECKS]
)
def test_both_words_stand_beside_each_other(
    name: str, format_: str, mode: str, code: int, said: tuple[str, ...], silent: list[str], fake: Fake
) -> None:
    pushed(fake, BY_NAME[name], mode, format_)
    result = run("check", "usage.odcs.yaml", "--format", "json")
    (found,) = json.loads(result.stdout)
    registry, ours = found["registry"], found["headgate"]
    words = (registry["backward"], registry["forward"], ours["producers"] or "–", ours["consumers"] or "–")
    assert (words, [c["rule"] for c in ours["changes"] if c["silent"]]) == (said, silent)
    assert (result.exit_code, found["fails"], registry["mode"]) == (code, bool(code), mode)
    assert bool(registry["messages"]) == (not registry["compatible"] and fake.kind == "confluent")
    assert fake.writes == []


NUMBERED = {"name": "note", "customProperties": [setting("fieldNumber", 1)]}
NOTE = {**NUMBERED, "logicalType": "string", "description": "What the customer wrote."}
AMOUNT = {**NUMBERED, "logicalType": "number"}


def secret(value: str, **more: Any) -> dict[str, Any]:
    return {**NOTE, "customProperties": [setting("fieldNumber", 1), setting("default", value)], **more}


# the properties before and now: whether their defaults may be seen
DEFAULTS: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]], bool]] = [
    ("changed, open", [secret("hunter1")], [secret("hunter2")], True),
    ("changed", [secret("hunter1", classification="confidential")], [secret("hunter2", classification="confidential")], False),
    ("added", [], [secret("hunter1", classification="restricted")], False),
    ("given", [{**NOTE, "classification": "secret"}], [secret("hunter1", classification="secret")], False),
    ("removed", [secret("hunter1", classification="restricted")], [], False),
    ("classified now", [secret("hunter1")], [secret("hunter2", classification="restricted")], False),
    ("not any more", [secret("hunter1", classification="restricted")], [secret("hunter2", classification="public")], False),
]  # fmt: skip


@pytest.mark.parametrize("by", ["contracts", *TYPES])
@pytest.mark.parametrize(("about", "was", "now", "seen"), DEFAULTS, ids=[each[0] for each in DEFAULTS])
def test_the_default_of_a_classified_property_is_in_no_change(
    about: str, was: list[dict[str, Any]], now: list[dict[str, Any]], seen: bool, by: Any
) -> None:
    other = {"name": "id", "logicalType": "string", "customProperties": [setting("fieldNumber", 2)]}
    documents = [odcs({"name": "usage", "properties": [other, *side]}, id="usage-events") for side in (was, now)]
    contracts = [read(json.dumps(each), "usage.odcs.yaml") for each in documents]
    if by == "contracts":
        found = compared(*contracts, "usage", by="main")
    else:
        texts = [SchemaText(by, schema_of(load(each)["usage"], by).text) for each in documents]
        found = compared_schemas(
            Registered(SUBJECT, 1, 1, texts[0]), texts[1], load(documents[1])["usage"], contracts[1]
        )
    shown = json.dumps([change.to_dict() for change in found.changes])
    # A classification that was lifted is no secret of the schemas, which have none.
    assert ("hunter" in shown) == (by != "PROTOBUF" and (seen or (about == "not any more" and by != "contracts")))


# what is registered, what is there now, in which language: each rule with P and C
SCHEMAS: list[tuple[str, dict[str, Any], dict[str, Any], str, list[str]]] = [
    ("text becomes bytes", {}, {"properties": [NOTE | {"physicalType": "BYTEA"}]}, "AVRO", ["type-added BREAK RISK"]),
    ("and back", {"properties": [NOTE | {"physicalType": "BYTEA"}]}, {}, "AVRO", ["type-undecided RISK RISK"]),
    ("double becomes decimal", {"properties": [AMOUNT]}, {"properties": [AMOUNT | {"physicalType": "DECIMAL(4,2)"}]}, "AVRO",
     ["type-added BREAK RISK"]),
    ("and back to double", {"properties": [AMOUNT | {"physicalType": "DECIMAL(4,2)"}]}, {"properties": [AMOUNT]}, "AVRO",
     ["type-undecided RISK RISK"]),
    ("the record renamed", {}, {"name": "other"}, "AVRO", ["object-label – RISK"]),
    ("a message renamed", {}, {"name": "other"}, "PROTOBUF", []),
    ("a title", {}, {"name": "other"}, "JSON", []),
    ("the namespace", {}, {"customProperties": [{"property": "namespace", "value": "shop.x", "vendor": "headgate"}]}, "AVRO",
     ["setting-changed RISK RISK"]),
]  # fmt: skip


@pytest.mark.parametrize(("about", "was", "now", "type_", "said"), SCHEMAS, ids=[each[0] for each in SCHEMAS])
def test_what_two_schemas_say_is_graded(
    about: str, was: dict[str, Any], now: dict[str, Any], type_: Any, said: list[str]
) -> None:
    thing = {"name": "usage", "physicalName": "shop.usage", "properties": [NOTE]}
    documents = [odcs({**thing, **more}, id="usage-events") for more in (was, now)]
    old, new = (next(iter(load(each))) for each in documents)
    texts = [SchemaText(type_, schema_of(each, type_).text) for each in (old, new)]
    contract = read(json.dumps(documents[1]), "usage.odcs.yaml")
    found = compared_schemas(Registered(SUBJECT, 1, 1, texts[0]), texts[1], new, contract)
    assert [f"{c.rule} {c.producers} {c.consumers}" for c in found.changes if c.level > Level.DOC] == said


def test_a_dataset_that_is_renamed_is_compared_with_what_it_was() -> None:
    thing = {"name": "usage", "physicalName": "shop.usage", "properties": [NOTE]}
    old, new = (read(json.dumps(odcs({**thing, "name": name})), "usage.odcs.yaml") for name in ("usage", "other"))
    assert [c.rule for c in compared(old, new, "other", by="main").changes] == ["object-label"]


@pytest.mark.parametrize("type_", TYPES)
def test_a_silent_break_is_seen_without_the_old_contract(type_: Any) -> None:
    """Where the schema says what changed, the two schemas are enough."""
    missed = []
    for case in CASES:
        texts = [SchemaText(type_, case.text(type_, side)) for side in (False, True)]
        if not is_silent(case, type_) or canonical(type_, texts[0].text) == canonical(type_, texts[1].text):
            continue
        old = Registered(SUBJECT, 1, 1, texts[0])
        document = read(json.dumps(case.document(True)), "usage.odcs.yaml")
        found = compared_schemas(old, texts[1], case.dataset(True), document)
        least = Level.DOC if case.harms == "D" else Level.RISK
        if max(found.producers, found.consumers) < least:
            missed.append(case.name)
    assert missed == []


def test_the_verdict_says_who_calls_it_breaking(fake: Fake) -> None:
    pushed(fake, BY_NAME["required field added"], "BACKWARD")
    both = "fails: the registry calls usage-value incompatible, headgate calls usage-value breaking"
    assert run("check", "usage.odcs.yaml").stdout.splitlines()[-1] == both
    assert ("the registry gives no reason" in run("check", "usage.odcs.yaml").stdout) == fake.apicurio


def test_annotations_name_the_side(fake: Fake) -> None:
    pushed(fake, BY_NAME["required field added"], "BACKWARD")
    lines = run("check", "usage.odcs.yaml", "--format", "github").stdout.splitlines()
    titles = [line.partition("title=")[2].partition("::")[0] for line in lines[:-1]]
    assert [title.partition(" schema.")[0] for title in titles] == [
        "usage-value%3A the registry calls it incompatible",
        "usage-value%3A headgate%3A property-added-required",
    ]


# --- push ------------------------------------------------------------------------------------------------------------


def test_a_push_is_repeated_without_harm(fake: Fake) -> None:
    contract(BY_NAME["optional field added"], False, settings={"compatibility": "FULL"})
    first, again = (answer("push", "usage.odcs.yaml")[0] for _ in range(2))
    assert [(p["registered"], p["new"], p["version"], p["id"]) for p in (first, again)] == [
        (True, True, 1, 1),
        (True, False, 1, 1),
    ]
    assert (first["finding"]["notes"], again["finding"]["notes"]) == (["its mode was set to FULL, and read back"], [])
    assert fake.modes == {SUBJECT: "FULL"} and len(fake.subjects[SUBJECT]) == 1
    contract(BY_NAME["optional field added"], True, settings={"compatibility": "FULL"})
    assert run("push", "usage.odcs.yaml").stdout == "usage-value: registered as version 2, id 2\n"


def test_nothing_is_pushed_that_breaks(fake: Fake) -> None:
    pushed(fake, BY_NAME["optional field removed"], "FULL")
    result = run("push", "usage.odcs.yaml")
    why = "headgate calls it breaking; have it agreed, or register it with --force"
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, f"usage-value: not registered: {why}")
    assert (fake.writes, len(fake.subjects[SUBJECT])) == ([], 1)
    forced = run("push", "usage.odcs.yaml", "--force")
    assert (forced.exit_code, len(fake.subjects[SUBJECT])) == (0, 2)


def test_force_is_not_stronger_than_the_registry(fake: Fake) -> None:
    pushed(fake, BY_NAME["required field added"], "BACKWARD")
    result = run("push", "usage.odcs.yaml", "--force")
    assert result.stdout.splitlines()[-1] == "usage-value: not registered: the registry says that it is incompatible"
    assert (result.exit_code, fake.writes) == (1, [])


def test_a_break_that_is_agreed_is_pushed(fake: Fake) -> None:
    pushed(fake, BY_NAME["optional field removed"], "FULL")
    agreed = {
        "contract": "usage-events",
        "version": "2.0.0",
        "change": "*",
        "by": "Usage team",
        "on": "2026-11-20",
        "reason": "unused",
    }
    Path("headgate-agreed.yaml").write_text(json.dumps([agreed]))
    assert [run(command, "usage.odcs.yaml").exit_code for command in ("check", "push")] == [0, 0]


def test_a_mode_that_is_not_kept_stops_the_push(fake: Fake) -> None:
    fake.keeps = "NONE"
    contract(BY_NAME["optional field added"], False)
    result = run("push", "usage.odcs.yaml", "--mode", "FULL")
    assert (result.exit_code, fake.subjects) == (2, {})
    assert "to FULL, but kept NONE; nothing was registered" in result.stderr


# the change, the mode before (None: never set) and that of the push, what else is given: exit code, mode after, what is said
SET_BACK: list[tuple[str, str | None, str, list[str], int, str | None, str]] = [
    ("required field added", "FORWARD", "BACKWARD", [], 1, "FORWARD",
     "it was asked about under BACKWARD; the mode of 'usage-value' is FORWARD again"),
    ("optional field removed", "NONE", "FULL", [], 1, "NONE",
     "it was asked about under FULL; the mode of 'usage-value' is NONE again"),
    ("optional field removed", "NONE", "FULL", ["--force"], 0, "FULL", ""),
    ("optional field removed", "FULL", "FULL", [], 1, "FULL", "headgate calls it breaking"),
    ("optional field added", "NONE", "FULL", ["--type", "json"], 2, "NONE", "; the mode of 'usage-value' is NONE again"),
    ("optional field added", None, "FULL", ["--subject", "new", "--server", "nope"], 2, None, "no Kafka server 'nope'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "before", "mode", "more", "code", "after", "said"),
    SET_BACK,
    ids=[f"{c[0]} {c[3]} {c[4]}" for c in SET_BACK],
)
def test_a_push_that_registers_nothing_leaves_no_mode(
    name: str, before: str | None, mode: str, more: list[str], code: int, after: str | None, said: str, fake: Fake
) -> None:
    pushed(fake, BY_NAME[name], before or "NONE")
    fake.modes = {SUBJECT: before} if before else {}
    result = run("push", "usage.odcs.yaml", "--mode", mode, *more)
    assert (result.exit_code, fake.modes.get(SUBJECT)) == (code, after), result.output
    assert said in result.output


def test_a_new_subject_whose_schema_is_refused_has_no_mode_left(fake: Fake) -> None:
    """The registry goes between the mode and the schema, or is there again."""
    contract(BY_NAME["optional field added"], False)
    fake.answers = {"POST /subjects/usage-value/versions": (422, b'{"error_code":42201,"message":"Invalid"}')}
    result = run("push", "usage.odcs.yaml", "--mode", "FULL")
    assert (result.exit_code, fake.modes, fake.subjects) == (2, {}, {})
    assert f"Invalid; the mode of 'usage-value' is {fake.default} again" in result.stderr
    fake.answers |= {"DELETE /config/usage-value": (500, b"")}
    result = run("push", "usage.odcs.yaml", "--mode", "FULL")
    assert "; the mode of 'usage-value' could not be set back: it is FULL now" in result.stderr


def test_all_datasets_are_pushed_or_none(fake: Fake) -> None:
    case = BY_NAME["optional field removed"]
    contract(case, False)
    assert run("push", "usage.odcs.yaml", "--mode", "FULL").exit_code == 0
    document = case.document(True, servers=[{"server": "k", "type": "kafka", "host": "h", "format": "avro"}])
    document["schema"].append(
        {"name": "other", "physicalName": "shop.other", "properties": [{"name": "a", "logicalType": "string"}]}
    )
    write(Path(), document, "usage.odcs.yaml")
    result = run("push", "usage.odcs.yaml")
    assert (result.exit_code, sorted(fake.subjects)) == (1, [SUBJECT])
    assert "shop.other-value: not registered: nothing is registered before 'usage-value' can be" in result.stdout
    assert run("push", "usage.odcs.yaml", "--force").exit_code == 0
    assert sorted(fake.subjects) == ["shop.other-value", SUBJECT]


def test_an_old_schema_again_is_said_not_to_be_the_newest(fake: Fake) -> None:
    case = BY_NAME["optional field added"]
    pushed(fake, case, "NONE")
    run("push", "usage.odcs.yaml", "--force")
    contract(case, False)
    (found,) = answer("push", "usage.odcs.yaml", "--force")
    assert (found["version"], found["new"]) == (1, False)
    assert "the newest version is still 2: a registry does not register an old one again" in found["finding"]["notes"]


def test_documentation_that_the_registry_does_not_see_is_said(fake: Fake) -> None:
    pushed(fake, BY_NAME["description changed"], "FULL")
    (found,) = answer("push", "usage.odcs.yaml")
    kept = [note for note in found["finding"]["notes"] if "keeps the text of that" in note]
    assert (found["version"], len(kept)) == ((1, 1) if fake.apicurio else (2, 0))


# --- where it belongs ------------------------------------------------------------------------------------------------


def test_the_contract_says_subject_and_topic(fake: Fake) -> None:
    document = BY_NAME["optional field added"].document(False)
    thing = document["schema"][0]
    write(Path(), document, "usage.odcs.yaml")
    asked = ("push", "usage.odcs.yaml", "--type", "json")
    for change, subject in (
        ({}, "usage-value"),
        ({"physicalName": "shop.usage"}, "shop.usage-value"),
        ({"customProperties": [{"property": "subject", "value": "usage", "vendor": "headgate"}]}, "usage"),
    ):
        thing.update(change)
        write(Path(), document, "usage.odcs.yaml")
        assert [p["finding"]["subject"] for p in answer(*asked)] == [subject]
    assert answer(*asked, "--subject", "mine")[0]["finding"]["subject"] == "mine"
    assert {v.type for s in fake.subjects.values() for v in s.values()} == {"JSON"}


CALLS: list[tuple[list[str], dict[str, Any], int, str]] = [
    (["check", "usage.odcs.yaml", "--type", "xml"], {}, 2, "'xml' is not one of"),
    (["push", "usage.odcs.yaml", "--mode", "FUL"], {}, 2, "--mode 'FUL' is not a compatibility mode; did you mean 'FULL'?"),
    (["check", "usage.odcs.yaml", "--server", "none"], {}, 2, "has no Kafka server 'none'; its Kafka servers: events"),
    (["check", "usage.odcs.yaml", "--subject", ""], {}, 2, "--subject is empty; leave it out for <topic>-value"),
    (["push", "usage.odcs.yaml", "--subject", " "], {}, 2, "--subject is empty"),
    (["draft", ""], {}, 2, "SUBJECT is empty"),
    (["check", "usage.odcs.yaml", "--registry", ""], {}, 2, "--registry is not the address of a registry"),
    (["check", "usage.odcs.yaml"], {"servers": []}, 2, "in which language is the schema of 'usage-value'?"),
    (["check", "usage.odcs.yaml", "--base", "HEAD"], {}, 2, "is in no git working tree"),
    (["check", "usage.odcs.yaml#nope"], {}, 2, "nope"),
    (["check", "nowhere.odcs.yaml"], {}, 2, "nowhere.odcs.yaml: contract file not found"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "root", "code", "said"), CALLS, ids=[" ".join(c[0]) + str(c[1]) for c in CALLS])
def test_a_wrong_call_is_told(arguments: list[str], root: dict[str, Any], code: int, said: str, fake: Fake) -> None:
    case = BY_NAME["optional field added"]
    write(Path(), {**json.loads(contract(case, False).read_text()), **root}, "usage.odcs.yaml")
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert fake.writes == []


def test_a_registry_that_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as gone:
        pass
    monkeypatch.setenv("HEADGATE_REGISTRY_URL", gone.url.replace("//", "//user:hunter2@"))
    contract(BY_NAME["optional field added"], False)
    for command, named in (
        ("check", "usage.odcs.yaml"),
        ("push", "usage.odcs.yaml"),
        ("diff", "usage.odcs.yaml"),
        ("draft", SUBJECT),
    ):
        result = run(command, named)
        assert (result.exit_code, "hunter2" in result.output) == (3, False)
        assert "cannot be reached" in result.stderr


def test_a_subject_keeps_its_language(fake: Fake) -> None:
    pushed(fake, BY_NAME["optional field added"], "FULL")
    result = run("check", "usage.odcs.yaml", "--type", "protobuf")
    assert result.exit_code == 2
    assert "version 1 of 'usage-value' is in AVRO, and the contract asks for PROTOBUF" in result.stderr


@pytest.mark.parametrize("type_", ["AVRO", "JSON"])
def test_a_schema_that_is_nested_without_end_is_told(fake: Fake, type_: str) -> None:
    contract(BY_NAME["optional field added"], False)
    found = {"subject": SUBJECT, "version": 1, "id": 1, "schemaType": type_, "schema": "[" * 100_000}
    fake.answers = {f"GET /subjects/{SUBJECT}/versions/latest": (200, json.dumps(found).encode())}
    for command, named in (("check", "usage.odcs.yaml"), ("diff", "usage.odcs.yaml"), ("draft", SUBJECT)):
        done = run(command, named, *(["--type", type_.lower()] if command != "draft" else []))
        assert (done.exit_code, "Recursion" in done.output) == (2, False), done.output


# --- since a commit, and differences ---------------------------------------------------------------------------------


def git(*arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@shop.example")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def test_since_a_commit_what_no_schema_says_is_graded_too(fake: Fake) -> None:
    """Avro has no bounds: only the contract at the base tells."""
    case = BY_NAME["maximum lowered"]
    git("init", "-b", "main")
    contract(case, False)
    git("add", "-A")
    git("commit", "-m", "usage")
    pushed(fake, case, "FULL")
    assert run("check", "usage.odcs.yaml").exit_code == 0
    result = run("check", "usage.odcs.yaml", "--base", "main", "--format", "json")
    (found,) = json.loads(result.stdout)
    assert (result.exit_code, found["registry"]["compatible"]) == (1, True)
    assert found["headgate"]["since"] == "the contract at main"
    assert [(c["rule"], c["producers"]) for c in found["headgate"]["changes"]] == [("bound-tightened", "BREAK")]


def test_a_difference_is_shown_and_nothing_written(fake: Fake) -> None:
    case = BY_NAME["description changed"]
    pushed(fake, case, "FULL")
    same, strict = run("diff", "usage.odcs.yaml"), run("diff", "usage.odcs.yaml", "--strict")
    assert [line.strip() for line in same.stdout.splitlines() if "wrote" in line][:2] == [
        '-      "doc": "What the customer wrote.",', '+      "doc": "What the agent wrote.",'
    ]  # fmt: skip
    assert (same.exit_code, strict.exit_code, fake.writes) == (0, 1, [])
    contract(case, False)
    assert "  the same" in run("diff", "usage.odcs.yaml", "--strict").stdout.splitlines()
    (new,) = answer("diff", "usage.odcs.yaml", "--subject", "new")
    assert (new["latest"], new["headgate"], "\n".join(new["lines"]).count("\n+")) == (
        None,
        None,
        len(json.dumps(json.loads(new["schema"]), indent=2).splitlines()),
    )
    assert Registry(Address(fake.url)).versions("new") == ()


# --- draft -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("format_", ["avro", "json", "protobuf"])
def test_a_registered_schema_becomes_a_contract_that_makes_it_again(fake: Fake, format_: str) -> None:
    pushed(fake, BY_NAME["optional field added"], "NONE", format_)
    done = run("draft", SUBJECT, "-o", "drafted.odcs.yaml")
    assert done.exit_code == 0 and "headgate registry diff drafted.odcs.yaml" in done.stdout, done.output
    again = run("diff", "drafted.odcs.yaml", "--subject", SUBJECT, "--type", format_)
    differ = [line for line in again.stdout.splitlines() if line.strip().startswith(("+", "-"))]
    assert differ == []
    assert run("draft", SUBJECT, "-o", "drafted.odcs.yaml").exit_code == 2
    assert "kind: DataContract" in run("draft", SUBJECT, "-o", "-").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["nope"], "does not have the subject 'nope'"), ([SUBJECT, "--version", "9"], "does not have version 9")],
)
def test_what_is_not_there_cannot_be_drafted(fake: Fake, arguments: list[str], told: str) -> None:
    pushed(fake, CASES[0], "NONE")
    done = run("draft", *arguments)
    assert (done.exit_code, told in done.stderr) == (2, True), done.output
