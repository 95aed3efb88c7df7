"""In CI: the pre-commit hooks and the GitHub Action, run as they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import duckdb
import pytest
import yaml
from headgate.cli import main

from tests.support.repository import Repository

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: shop-orders
version: 1.0.0
status: active
team: {name: Shop team}
schema:
  - name: orders
    properties:
      - {name: amount, logicalType: number, logicalTypeOptions: {maximum: 500}}
"""
BROKEN = CONTRACT.replace("amount", "total").replace("version: 1.0.0", "version: 2.0.0")
AGREED = """\
- {contract: shop-orders, version: 2.0.0, change: "*", by: Shop team, on: 2026-01-31, reason: nobody reads it}
"""
# What each hook needs of the real git and shell, and nothing of the hook of another repository around.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))}


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "shop")
    repository.write("contracts/orders.odcs.yaml", CONTRACT)
    repository.commit()
    return repository


@pytest.mark.slow
def test_the_hooks_run(shop: Repository, tmp_path: Path) -> None:
    """pre-commit installs this very checkout, and stops a commit that breaks a contract."""
    source = Repository(tmp_path / "headgate")
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source.folder / name)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "airflow_plugin", source.folder / "airflow_plugin", ignore=ignored)
    commit = source.commit()
    hooks = [{"id": "headgate-lint"}, {"id": "headgate-diff"}]
    config = {"repos": [{"repo": str(source.folder), "rev": commit, "hooks": hooks}]}
    shop.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    shop.commit()

    def run() -> tuple[int, str]:
        shop.git("add", "--all")
        done = subprocess.run(
            [BIN / "pre-commit", "run"], cwd=shop.folder, capture_output=True, text=True, check=False,
            env=ENVIRONMENT | {"PRE_COMMIT_HOME": str(tmp_path / "home")},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    shop.write("contracts/orders.odcs.yaml", CONTRACT.replace("logicalType:", "logicaltype:"))
    code, said = run()
    assert (code, "did you mean 'logicalType'?" in said) == (1, True), said
    shop.write("contracts/orders.odcs.yaml", BROKEN)
    code, said = run()
    assert (code, "2 BREAK" in said or "1 BREAK" in said) == (1, True), said
    shop.write("headgate-agreed.yaml", AGREED)
    code, said = run()
    assert (code, len(re.findall(r"headgate \w+\.+Passed", said))) == (0, 2), said
    shop.commit()
    shop.remove("contracts/orders.odcs.yaml")
    code, said = run()
    assert (code, "contract-removed" in said) == (1, True), said


SHAPED = """
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, primaryKey: true}
      - {name: amount, logicalType: number, required: true}
"""
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def filled(text: str, values: dict[str, str]) -> str:
    """`${{ … }}` as GitHub fills it in."""
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda match: values[match[1]], text)


class Runner:
    """Runs the steps of the action as GitHub does: bash -eo pipefail, $GITHUB_ENV from step to step."""

    def __init__(self, shop: Repository, folder: Path, path: str, **inputs: str) -> None:
        self.shop, self.folder = shop, folder
        known = {name: str(value["default"]) for name, value in ACTION["inputs"].items()} | inputs
        self.values = {f"inputs.{name.replace('_', '-')}": value for name, value in known.items()}
        self.values["github.action_path"] = str(ROOT)
        self.env = ENVIRONMENT | {
            "PATH": path,
            "GITHUB_ENV": str(folder / "env"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        }
        for name in ("env", "summary"):
            (folder / name).write_text("")

    def step(self, name: str) -> tuple[int, str]:
        (step,) = [step for step in ACTION["runs"]["steps"] if step.get("name") == name]
        script = self.folder / "script.sh"
        script.write_text(step["run"])
        kept = dict(line.split("=", 1) for line in (self.folder / "env").read_text().splitlines())
        own = {key: filled(value, self.values) for key, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script], cwd=self.shop.folder,
            env=self.env | kept | own, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text()


def here() -> str:
    return f"{BIN}{os.pathsep}{ENVIRONMENT['PATH']}"


def test_no_input_reaches_a_script() -> None:
    """An input in a script would be code; it must come by the environment."""
    assert not [step["name"] for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")]


# What the pull request does to the contract and the agreements, inputs, exit code, what the log says, the summary.
PULLS: list[tuple[str, str, dict[str, str], int, str, str]] = [
    (CONTRACT, "", {}, 0, "passes (no changes)", "No contract has changed."),
    (BROKEN, "", {}, 1, "::error file=contracts/orders.odcs.yaml,line=10,title=BREAK property-removed", "🔴 BREAK"),
    (BROKEN, AGREED, {}, 0, "::notice file=contracts/orders.odcs.yaml", "🔴 BREAK ✔"),
    (CONTRACT.replace("500", "600").replace("1.0.0", "1.1.0"), "", {}, 0, "::warning file=", "🟡 RISK"),
    (CONTRACT.replace("500", "600").replace("1.0.0", "1.1.0"), "", {"strict": "true"}, 1, "::error file=", "🟡 RISK"),
    (BROKEN, "", {"paths": "README.md\n"}, 0, "passes (no changes)", "No contract has changed."),
    (BROKEN, "", {"paths": "none; echo pwned\n"}, 2, "file or folder not found", ""),
]


@pytest.mark.parametrize(("text", "agreed", "inputs", "code", "log", "summary"), PULLS)
def test_the_action_on_a_pull_request(
    text: str, agreed: str, inputs: dict[str, str], code: int, log: str, summary: str, shop: Repository, tmp_path: Path
) -> None:
    shop.write("README.md", "the shop\n")
    base = shop.commit()
    shop.git("checkout", "--quiet", "-b", "pull")
    shop.write("contracts/orders.odcs.yaml", text)
    if agreed:
        shop.write("headgate-agreed.yaml", agreed)
    shop.commit()
    runner = Runner(shop, tmp_path, here(), base=base, **inputs)
    assert runner.step("Fetch the base") == (0, "")
    found, said = runner.step("headgate diff")
    assert (found, log in said, summary in runner.summary) == (code, True, True), said + runner.summary


@pytest.mark.parametrize("base", ["sha", "main", "", "0000000000000000000000000000000000000000"])
def test_the_action_finds_its_base_in_a_shallow_checkout(base: str, shop: Repository, tmp_path: Path) -> None:
    """As actions/checkout leaves it: one commit. Without a base, as for a new branch, the commit before counts."""
    first = shop.git("rev-parse", "HEAD")
    shop.git("checkout", "--quiet", "-b", "pull")
    shop.write("contracts/orders.odcs.yaml", BROKEN)
    shop.commit()
    checkout = tmp_path / "checkout"
    url = f"file://{shop.folder}"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", "--branch=pull", url, checkout], check=True)
    runner = Runner(Repository(checkout), tmp_path, here(), base=first if base == "sha" else base)
    assert runner.step("Fetch the base")[0] == 0
    found, said = runner.step("headgate diff")
    assert (found, "property-removed" in said) == (1, True), said


@pytest.mark.skipif(
    "github"
    not in next(p.type.choices for p in main.get_command(click.Context(main), "lint").params if p.name == "form"),  # type: ignore
    reason="headgate lint has no --format github",
)
def test_the_action_lints(shop: Repository, tmp_path: Path) -> None:
    runner = Runner(shop, tmp_path, here(), base="HEAD")
    assert runner.step("headgate lint")[0] == 0
    shop.write("contracts/ü b.odcs.yaml", CONTRACT.replace("logicalType:", "logicaltype:"))
    shop.commit()
    code, said = runner.step("headgate lint")
    assert (code, "::error file=contracts/ü b.odcs.yaml,line=10" in said) == (2, True), said


def test_the_action_without_contracts(tmp_path: Path) -> None:
    empty = Repository(tmp_path / "empty")
    empty.commit()
    runner = Runner(empty, tmp_path, here(), base="HEAD")
    assert runner.step("headgate lint") == (0, "no contracts\n")
    assert runner.step("headgate check --schema-only") == (0, "")


def test_the_action_finds_contracts_by_what_they_say(shop: Repository, tmp_path: Path) -> None:
    shop.write("contracts/b.yml", CONTRACT.replace("logicalType:", "logicaltype:"))
    shop.write("contracts/other.yaml", "kind: Deployment\n")
    shop.commit()
    code, said = Runner(shop, tmp_path, here(), base="HEAD").step("headgate lint")
    assert (code, "file=contracts/b.yml,line=10" in said, "other.yaml" in said) == (2, True, False), said


def test_the_action_compares_the_shape(shop: Repository, tmp_path: Path) -> None:
    with duckdb.connect(str(shop.folder / "w.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE orders (id VARCHAR PRIMARY KEY, amount DOUBLE NOT NULL); CREATE TABLE bad (id INT)"
        )
    shop.write("c.yaml", SHAPED)
    one, other = "c.yaml w.duckdb#main.orders", "  c.yaml   w.duckdb#main.bad"
    for shape, expected in {one: 0, f"{one}\n\n{other}\n{one}\n": 1, "c.yaml none.csv": 2}.items():
        runner = Runner(shop, tmp_path, here(), base="HEAD", shape=shape)
        code, said = runner.step("headgate check --schema-only")
        assert (code, "::error file=c.yaml" in said) == (expected, expected == 1), said
        assert ("BREACH" in runner.summary) == (expected == 1)


def test_the_action_runs_candidates(shop: Repository, tmp_path: Path) -> None:
    with duckdb.connect(str(shop.folder / "w.duckdb")) as connection:
        connection.execute("CREATE TABLE raw AS SELECT i::VARCHAR AS id, i::DOUBLE AS amount FROM range(9) AS t (i)")
        connection.execute("CREATE TABLE orders AS FROM raw")
    shop.write("c.yaml", SHAPED)
    shop.write("same.sql", "SELECT id, amount FROM raw")
    shop.write("the cents.sql", "SELECT id, amount * 100 AS amount FROM raw")
    common = "--production w.duckdb#main.orders --input raw=w.duckdb#main.raw"
    same, other = f"c.yaml#orders --sql same.sql {common}", f"c.yaml#orders --sql 'the cents.sql' {common}"
    for lines, expected in {
        same: 0,
        f"{other}\n\n{same}\n": 1,
        "c.yaml; echo pwned": 2,
        f"$(touch pwned) {same}": 2,
    }.items():
        runner = Runner(shop, tmp_path, here(), base="HEAD", shadow=lines)
        runner.env["RUNNER_TEMP"] = str(tmp_path)
        code, said = runner.step("headgate shadow")
        assert (code, "Shadow BREACH" in runner.summary) == (expected, expected == 1), said
    assert not (shop.folder / "pwned").exists()


@pytest.mark.slow
def test_the_action_installs(shop: Repository, tmp_path: Path) -> None:
    """Into a Python that has nothing but pip."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "python"], check=True)
    path = f"{tmp_path / 'python' / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
    runner = Runner(shop, tmp_path, path, base="HEAD")
    code, said = runner.step("Install headgate")
    assert code == 0, said
    assert runner.step("Fetch the base")[0] == 0
    assert runner.step("headgate diff") == (0, "passes (no changes)\n")
