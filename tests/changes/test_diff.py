"""headgate diff: in a repository and with two files; exit codes, what it says, and bad input."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from headgate.cli import main

from tests.support.repository import Repository
from tests.support.told_events import data, event, write_events

ORDERS = """\
apiVersion: v3.2.0
kind: DataContract
id: shop-orders
version: 1.0.0
status: active
team: {name: Shop team, members: [{username: ann, role: Owner}]}
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string, primaryKey: true}
      - {name: amount, logicalType: number, logicalTypeOptions: {maximum: 500}}
      - {name: note, logicalType: string}
slaProperties:
  - {property: latency, value: 4, unit: h}
customProperties:
  - {property: consumers, value: [BI, {name: Risk, contact: risk@shop.example}], vendor: headgate}
"""
PLACE = "contracts/orders.odcs.yaml"


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["diff", *arguments], catch_exceptions=False)
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    repository = Repository(tmp_path / "shop")
    monkeypatch.chdir(repository.folder)
    repository.write(PLACE, ORDERS)
    repository.write("README.md", "kind: of a shop\n")
    repository.write("deploy.yaml", "kind: Deployment\n")
    repository.write("resource.yaml", "kind: Resource\nspec:\n  kind: DataContract\n")
    repository.commit("The contract")
    return repository


# A history. Of each commit: its message, what it changes from the commit before, exit code and strict exit code, what
# is said.
HISTORY = [
    ("Words", [("{name: note, ", "{name: note, description: a remark, "), ("version: 1.0.0", "version: 1.0.1")],
     0, 0, "passes (2 DOC)"),
    ("A wrong bump", [("version: 1.0.1", "version: 1.0.2"), ("latency, value: 4", "latency, value: 2")],
     1, 1, "the version 1.0.2 is a patch bump; the changes demand a minor one: 1.1.0"),
    ("A looser bound", [("version: 1.0.2", "version: 1.1.0"), ("maximum: 500", "maximum: 600")],
     0, 1, "RISK bound-loosened schema.orders.properties.amount.logicalTypeOptions.maximum"),
    ("A looser service level", [("version: 1.1.0", "version: 2.0.0"), ("latency, value: 2", "latency, value: 6")],
     1, 1, "[to be agreed by BI, Risk]"),
    ("A looser one, half agreed\n\nHeadgate-Agreed: shop-orders@3.0.0 sla-loosened slaProperties.latency.value by BI\n",
     [("version: 2.0.0", "version: 3.0.0"), ("latency, value: 6", "latency, value: 8")],
     1, 1, "[to be agreed by Risk]"),
    ("A looser one, agreed\n\nHeadgate-Agreed: shop-orders@4.0.0 sla-loosened slaProperties.latency.value by BI\n"
     "Headgate-Agreed: shop-orders@4.0.0 * by risk\n",
     [("version: 3.0.0", "version: 4.0.0"), ("latency, value: 8", "latency, value: 9")],
     0, 0, "passes (1 BREAK (1 agreed), 1 DOC)"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HISTORY)), ids=[row[0].split("\n")[0] for row in HISTORY])
def test_every_commit_of_a_history(number: int, shop: Repository) -> None:
    text = ORDERS
    for message, pairs, *_ in HISTORY[: number + 1]:
        text = replaced(text, *pairs)
        shop.write(PLACE, text)
        shop.commit(message)
    _, _, code, strict, said = HISTORY[number]
    result = run("--base", "HEAD~1")
    assert (result.exit_code, run("--base", "HEAD~1", "--strict").exit_code) == (code, strict), result.output
    assert said in " ".join(result.output.split())
    assert run("--base", "HEAD").output == "passes (no changes)\n"


def test_the_working_tree_counts(shop: Repository) -> None:
    """Neither committed nor staged; and a new file that git does not know yet."""
    shop.write(
        PLACE, replaced(ORDERS, ("version: 1.0.0", "version: 2.0.0"), ("      - {name: note", "      - {name: x"))
    )
    shop.write("new.yaml", replaced(ORDERS, ("id: shop-orders", "id: new")))
    shop.write(".gitignore", "ignored*\n")
    shop.write("ignored.odcs.yaml", "no: contract")
    shop.write("resource.yaml", "kind: Resource\nspec:\n  kind: DataContract\n  more: true\n")
    (first, second) = json.loads(run("--base", "HEAD", "--format", "json").output)
    assert [c["rule"] for c in first["changes"]] == ["property-removed", "property-added", "version"]
    assert (first["new_file"], first["changes"][0]["line"], first["changes"][1]["line"]) == (PLACE, 12, 12)
    assert [c["rule"] for c in second["changes"]] == ["contract-added"]


def test_a_branch_is_compared_with_where_it_left(shop: Repository) -> None:
    """What others merged since does not count as removed here."""
    shop.git("checkout", "--quiet", "-b", "mine")
    shop.write(PLACE, replaced(ORDERS, ("version: 1.0.0", "version: 1.1.0"), ("maximum: 500", "maximum: 600")))
    shop.commit()
    shop.git("checkout", "--quiet", "main")
    shop.write("contracts/other.odcs.yaml", replaced(ORDERS, ("id: shop-orders", "id: other")))
    shop.commit()
    shop.git("checkout", "--quiet", "mine")
    (only,) = json.loads(run("--base", "main", "--format", "json").output)
    assert [c["rule"] for c in only["changes"]] == ["bound-loosened", "version"]


def agreements(change: str) -> str:
    return "".join(
        f"- {{contract: b, version: 1.0.0, change: {change}, by: {by}, on: 2026-01-31, reason: end of the shop}}\n"
        for by in ("BI", "Risk")
    )


def test_a_file_is_moved_removed_and_added(shop: Repository) -> None:
    shop.write("contracts/b.odcs.yaml", replaced(ORDERS, ("id: shop-orders", "id: b")))
    shop.commit()
    shop.remove(PLACE)
    shop.remove("contracts/b.odcs.yaml")
    shop.write("elsewhere/o.odcs.yaml", ORDERS)
    result = run("--base", "HEAD")
    removed, moved = json.loads(run("--base", "HEAD", "--format", "json").output)
    assert (result.exit_code, removed["contract"], removed["new_file"]) == (1, "b", None)
    assert [c["rule"] for c in removed["changes"]] == ["contract-removed"]
    assert (moved["old_file"], moved["new_file"], moved["wrong_version"]) == (PLACE, "elsewhere/o.odcs.yaml", None)
    assert [c["rule"] for c in moved["changes"]] == ["contract-moved"]
    assert "[to be agreed by BI, Risk]" in result.output
    shop.write("headgate-agreed.yaml", agreements("'*'"))  # what was agreed when 1.0.0 came is no word on its end
    assert run("--base", "HEAD").exit_code == 1
    shop.write("headgate-agreed.yaml", agreements("contract-removed b"))
    assert run("--base", "HEAD").exit_code == 0
    assert run("--base", "HEAD", "elsewhere").exit_code == 0


def test_one_file_and_a_folder_inside(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write(PLACE, replaced(ORDERS, ("version: 1.0.0", "version: 1.0.1"), ("value: 4", "value: 4.0")))
    monkeypatch.chdir(shop.folder / "contracts")
    for path in (".", "orders.odcs.yaml", str(shop.folder / PLACE)):
        (only,) = json.loads(run("--base", "HEAD", path, "--format", "json").output)
        assert (only["new_file"], [c["rule"] for c in only["changes"]]) == (
            "orders.odcs.yaml",
            ["version", "equivalent"],
        )


def test_the_first_commit_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(tmp_path / "young")
    repository.write("c.odcs.yaml", ORDERS)
    monkeypatch.chdir(repository.folder)
    assert run("--base", "HEAD").output.splitlines()[-1] == "passes (1 SAFE)"


def test_names_that_git_would_read_otherwise(shop: Repository) -> None:
    names = ["contracts/ü [a]*.odcs.yaml", "contracts/-x.odcs.yaml", "contracts/a\tb.odcs.yaml"]
    for number, name in enumerate(names):
        shop.write(name, replaced(ORDERS, ("id: shop-orders", f"id: x{number}")))
    shop.commit()
    for number, name in enumerate(names):
        shop.write(name, replaced(ORDERS, ("id: shop-orders", f"id: x{number}"), ("value: 4", "value: 5")))
    diffs = json.loads(run("--base", "HEAD", "--format", "json").output)
    assert sorted(d["new_file"] for d in diffs) == sorted(names)
    (only,) = json.loads(run("--base", "HEAD", "--format", "json", names[0]).output)
    assert only["contract"] == "x0"


def write_two(folder: Path, new: str) -> tuple[str, str]:
    (folder / "old.yaml").write_text(ORDERS)
    (folder / "new.yaml").write_text(new)
    return str(folder / "old.yaml"), str(folder / "new.yaml")


def test_two_files(tmp_path: Path) -> None:
    old, new = write_two(
        tmp_path, replaced(ORDERS, ("version: 1.0.0", "version: 2.0.0"), ("latency, value: 4", "latency, value: 9"))
    )
    result = run(old, new)
    assert result.exit_code == 1
    assert re.sub(r" +", " ", result.output).startswith(f"BREAK shop-orders 1.0.0 → 2.0.0 {new}\n")
    for line in (
        "sla-loosened slaProperties.latency.value: value 4, unit h → value 9, unit h 14",
        "Consumers that rely on the old level wait longer, or find less.",
        "Keep the promise, or agree with every consumer and raise the major version. [to be agreed by BI, Risk]",
        "owner: Shop team · consumer: BI · consumer: Risk (risk@shop.example)",
        "fails: 1 BREAK not agreed (1 BREAK, 1 DOC)",
    ):
        assert line in " ".join(result.output.split())
    assert run(old, old).exit_code == 0
    assert run(old, old).output.splitlines()[-1] == "passes (no changes)"


def test_variables_of_servers_need_not_be_set(tmp_path: Path) -> None:
    more = "servers:\n  - {server: w, type: duckdb, database: '${NOT_SET}'}\nschema:"
    old, new = write_two(tmp_path, replaced(ORDERS, ("schema:", more), ("version: 1.0.0", "version: 1.1.0")))
    assert run(old, new).exit_code == 0


READERS = [
    ('{"orders.amount": ["BI"]}', 0, "RISK"),
    ('{"orders.note": ["BI"]}', 1, "BREAK"),
    ("orders.amount: [BI]\n", 0, "RISK"),
    ("[]", 2, "readers are a mapping"),
    ("orders: [BI]", 2, "write it as"),
    ("orders.amount: BI", 2, "write it as"),
    ("orders.amount: [", 2, "not valid YAML"),
]


@pytest.mark.parametrize(("text", "code", "said"), READERS)
def test_readers(text: str, code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "readers").write_text(text)
    new = "".join(line for line in ORDERS.splitlines(True) if "note" not in line)
    result = run(*write_two(tmp_path, replaced(new, ("1.0.0", "2.0.0"))), "--readers", str(tmp_path / "readers"))
    assert (result.exit_code, said in result.output) == (code, True), result.output


def made_of(*columns: str) -> dict[str, Any]:
    """An event of a job that makes a report of columns of orders."""
    made_from = {"total": [f"shop.orders.{column}" for column in columns]} if columns else None
    return event(
        "report", ["shop.orders"], [data("report", made_from=made_from, ownership={"owners": [{"name": "BI"}]})]
    )


# What lineage has, and the grade of taking `note` away: who reads it is concerned, and what is not known counts as read.
LINEAGE: list[tuple[list[dict[str, Any]], str, str]] = [
    ([made_of("amount")], "RISK", "No one reads it, by lineage."),
    ([made_of("note")], "BREAK", "reader report (BI)"),
    ([made_of()], "BREAK", "reader report (BI)"),
    ([event("j", ["shop.orders"])], "BREAK", "reader j"),
    ([event("j", [], ["shop.orders"])], "RISK", "No one reads it, by lineage."),
    ([event("j", ["a"], ["b"])], "BREAK", "reader unknown ('orders' is not in the lineage of"),
    ([event("j", ["x.orders"], ["y.orders"])], "BREAK", "reader unknown ('orders' is the name of 2 datasets"),
]


@pytest.mark.parametrize(("events", "level", "said"), LINEAGE)
def test_lineage_says_who_reads_a_column(
    events: list[dict[str, Any]], level: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    write_events(tmp_path / "events.jsonl", events)
    new = "".join(line for line in ORDERS.splitlines(True) if "note" not in line)
    files = write_two(tmp_path, replaced(new, ("1.0.0", "2.0.0")))
    result = run(*files, "--lineage", str(tmp_path / "events.jsonl"), "--format", "json")
    (removed,) = (c for c in json.loads(result.stdout)[0]["changes"] if c["rule"].startswith("property-removed"))
    assert (removed["level"], result.exit_code) == (level, int(level == "BREAK"))
    told = f"{removed['reason']} {' '.join(' '.join((p['part'], p['name'])) for p in removed['concerned'])}"
    assert said in told


def test_lineage_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    files = write_two(tmp_path, replaced(ORDERS, ("1.0.0", "2.0.0")))
    assert run(*files, "--lineage", str(tmp_path / "nope")).exit_code == 2
    both = run(*files, "--lineage", "x", "--readers", files[0])
    assert (both.exit_code, "give one of them" in both.output) == (2, True)


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("--base", "HEAD")
    assert (result.exit_code, "is in no git working tree" in result.output) == (2, True), result.output


# What is written where, the call, and what is said; always exit 2.
WRONG: list[tuple[dict[str, str], tuple[str, ...], str]] = [
    ({}, (), "give two contracts, OLD NEW, or --base GITREF"),
    ({}, (PLACE,), "give two contracts"),
    ({}, (PLACE, "none.yaml"), "none.yaml: contract file not found"),
    ({}, (PLACE, "contracts"), "contracts: contract file not found"),
    ({}, (PLACE, "deploy.yaml"), "deploy.yaml:1:1: "),
    ({}, ("deploy.yaml", PLACE), "deploy.yaml cannot be compared: it is not an ODCS v3 contract"),
    ({}, ("--base", "nope"), "git knows no commit 'nope'; fetch it first"),
    ({}, ("--base=--all",), "git knows no commit '--all'"),
    ({}, ("--base", "HEAD", "none"), "none: file or folder not found, neither now nor at HEAD"),
    ({}, ("--base", "HEAD", "/"), "is in no git working tree"),
    ({}, ("--base", "HEAD", ".", "/tmp"), "is outside of the git working tree"),
    ({"contracts/twin.odcs.yaml": ORDERS}, ("--base", "HEAD"),
     f"the same id, of which only one can hold: shop-orders: {PLACE}, contracts/twin.odcs.yaml"),
    ({PLACE: ORDERS.replace("latency", "latency, valeu: 3")}, ("--base", "HEAD"), "did you mean 'value'?"),
    ({PLACE: "a: ["}, ("--base", "HEAD"), f"{PLACE}:2:1: error: not valid YAML"),
    ({}, (PLACE, PLACE, "--agreed", "none.yaml"), "none.yaml: contract file not found"),
    ({"headgate-agreed.yaml": "a: b"}, (PLACE, PLACE), "headgate-agreed.yaml:1: agreements are a list"),
    ({"headgate-agreed.yaml": "- 5"}, (PLACE, PLACE), "headgate-agreed.yaml:1: an agreement is {contract"),
    ({"headgate-agreed.yaml": "- {contract: a, version: 1.0}"}, (PLACE, PLACE), "the agreement has no 'version'"),
    ({"headgate-agreed.yaml": "- {contract: a, versoin: a}"}, (PLACE, PLACE), "'versoin' is not a field of an agreement"),
    ({"headgate-agreed.yaml": "- {contract: a, version: a, change: a, by: a, on: today, reason: a}"}, (PLACE, PLACE),
     "on: 'today' is not a date"),
    ({PLACE: ORDERS.replace("value: 4", "value: 3")}, ("--base", "HEAD", "--data", "none.csv"), "none.csv"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "call", "said"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_calls_say_what_to_do(files: dict[str, str], call: tuple[str, ...], said: str, shop: Repository) -> None:
    for name, text in files.items():
        shop.write(name, text)
    result = run(*call)
    assert (result.exit_code, said in result.output) == (2, True), result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "not valid YAML"),
        ("- a", "it is not an ODCS v3 contract"),
        ("kind: DataContract\nid: 5\nversion: 1.0.0\napiVersion: v3.1.0\n", "it is not an ODCS v3 contract"),
        ("kind: DataContract\nid: a\nversion: 1.0.0\napiVersion: v2.2.2\n", "it is not an ODCS v3 contract"),
    ],
)
def test_an_old_contract_that_cannot_be_read(text: str, said: str, shop: Repository) -> None:
    shop.write(PLACE, text)
    shop.commit()
    shop.write(PLACE, ORDERS)
    result = run("--base", "HEAD")
    assert result.exit_code == 2
    assert f"{PLACE} at HEAD cannot be compared: " in result.output
    assert said in result.output


def test_an_old_contract_that_was_wrong_can_be_mended(shop: Repository) -> None:
    """It need not keep the rules, if only it can be read: whatever is in it."""
    options = "logicalTypeOptions: [{maximum: x}], quality: 5, enum: [a]"
    wrong = replaced(
        ORDERS,
        ("slaProperties:\n  - {", "slaProperties: {a: {"),
        ("unit: h}", "unit: h}}"),
        ("logicalTypeOptions: {maximum: 500}", options),
    )
    shop.write(PLACE, wrong)
    shop.commit()
    shop.write(PLACE, replaced(ORDERS, ("version: 1.0.0", "version: 2.0.0")))
    result = run("--base", "HEAD", "--format", "json")
    assert result.exit_code in (0, 1)
    (only,) = json.loads(result.output)
    assert {c["rule"] for c in only["changes"]} >= {"other", "version"}


def test_what_did_not_change_is_not_judged(shop: Repository) -> None:
    """A contract that is wrong and stays so is a matter of headgate lint."""
    shop.write("bad.odcs.yaml", "a: [")
    shop.write("latin.odcs.yaml", "")
    (shop.folder / "latin.odcs.yaml").write_bytes(b"\xff")
    shop.commit()
    assert run("--base", "HEAD").exit_code == 0
    (shop.folder / "latin.odcs.yaml").write_bytes(b"\xfe")
    assert "not UTF-8" in run("--base", "HEAD").output


def test_a_link_is_no_contract(shop: Repository) -> None:
    (shop.folder / "link.odcs.yaml").symlink_to("/etc/passwd")
    assert run("--base", "HEAD").exit_code == 0
    shop.commit()
    assert run("--base", "HEAD~1").exit_code == 0


def test_a_shallow_clone_compares_with_the_commit_itself(
    shop: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write(PLACE, replaced(ORDERS, ("version: 1.0.0", "version: 1.1.0"), ("maximum: 500", "maximum: 600")))
    shop.commit()
    base = shop.git("rev-parse", "HEAD~1")
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{shop.folder}", tmp_path / "ci"], check=True)
    monkeypatch.chdir(tmp_path / "ci")
    assert run("--base", base).exit_code == 2
    subprocess.run(["git", "fetch", "--quiet", "--depth=1", "origin", base], check=True)
    assert "bound-loosened" in run("--base", base).output


def test_a_repository_that_never_raises_a_version_is_told_so_once(shop: Repository) -> None:
    for number in range(4):
        shop.write("anew/plain.yaml", PLAIN.replace("maximum: 1", f"maximum: {number}"))
        shop.write("anew/more.json", json.dumps({**yaml.safe_load(PLAIN), "id": "more", "name": str(number)}))
        shop.commit()
    shop.write("anew/plain.yaml", PLAIN.replace("maximum: 1", "minimum: 7"))
    shop.write("anew/more.json", json.dumps({**yaml.safe_load(PLAIN), "id": "more", "status": "retired"}))
    diffs = json.loads(run("--base", "HEAD", "anew", "--format", "json").output)
    assert len(diffs) == 2
    said = run("--base", "HEAD", "anew").output
    assert said.count("no contract here has ever raised its version") == 1
    assert "the changes demand" not in said
    shop.write("anew/plain.yaml", PLAIN.replace("version: 1.0.0", "version: 1.1.0"))
    shop.commit()
    shop.write("anew/plain.yaml", PLAIN.replace("version: 1.0.0", "version: 1.1.0").replace("maximum: 1", "minimum: 7"))
    assert "the changes demand" in run("--base", "HEAD", "anew").output


PLAIN = """\
apiVersion: v3.1.0
kind: DataContract
id: plain
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: a, logicalType: integer, logicalTypeOptions: {maximum: 1}}
"""


GLOSSARY = "authoritativeDefinitions: [{type: businessDefinition, url: https://a.example/1}"
# What is put behind the column's `name: a`, before and after, and the rules that grade it.
LINKS = [
    ("", f", {GLOSSARY}]", {"definition-link DOC"}),
    (", authoritativeDefinitions: [{type: tutorial, url: u}]", f", {GLOSSARY}, {{type: tutorial, url: u}}]",
     {"definition-link DOC"}),
    (f", {GLOSSARY}]", f", {GLOSSARY}, {{type: semantics, url: https://a.example/2}}]", {"definition-changed RISK"}),
    (f", {GLOSSARY}]", "", {"definition-changed RISK"}),
    ("", ", customProperties: [{property: dbtModel, value: x}]", {"custom-property DOC"}),
    (", customProperties: [{property: costCentre, value: 1}]", ", customProperties: [{property: costCentre, value: 2}]",
     {"custom-property DOC"}),
    ("", ", customProperties: [{property: unit, value: EUR}]", {"unit-declared RISK"}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), LINKS)
def test_links_and_properties_of_other_tools(before: str, after: str, expected: set[str], tmp_path: Path) -> None:
    for name, more in (("old.yaml", before), ("new.yaml", after)):
        (tmp_path / name).write_text(PLAIN.replace("{name: a", f"{{name: a{more}"))
    call = (str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"), "--format", "json")
    (diff,) = json.loads(run(*call).output)
    assert {f"{change['rule']} {change['level']}" for change in diff["changes"]} == expected


def test_postgres_is_postgresql(tmp_path: Path) -> None:
    server = "servers: [{server: w, type: postgres, host: h, port: 1, database: d, schema: s}]\nschema:"
    (tmp_path / "old.yaml").write_text(PLAIN.replace("schema:", server))
    (tmp_path / "new.yaml").write_text(PLAIN.replace("schema:", server.replace("postgres,", "postgresql,")))
    (diff,) = json.loads(run(str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"), "--format", "json").output)
    assert [(change["rule"], change["level"]) for change in diff["changes"]] == [("equivalent", "DOC")]
