"""dbt in a process whose environment has no credentials but those of the shadow."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from headgate.dbt.project import read_settings
from headgate.dbt.target import document
from headgate.errors import CallError, ConfigurationError

TARGET = "shadow"
# Of the environment, what a program needs to run at all.
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT")
# What of a project's folder is no part of the project: at its top, and anywhere in it.
_NOT_COPIED_OF_TOP = frozenset({"target", "logs", ".venv", "venv"})
_NOT_COPIED = shutil.ignore_patterns(".git", "node_modules", "*.duckdb", "*.ddb", "*.wal", "profiles.yml", ".env*")
_DONE = frozenset({"success", "pass", "warn", "no-op"})
# The first line of a message of dbt, and a line that names parts of the query, and no value of the data.
_OF_DBT = re.compile(
    r"\w+ Error in \w+ [\w./ ()-]+|[\w.-]+ (failed, error:|skipped)|headgate: \w+ violates its contract; .+"
    r"|headgate: the model '\w+' has meta\.headgate, but .+"
)
_OF_WORDS = re.compile(
    r"permission denied|does not exist|syntax error|cannot execute|(Catalog|Binder|Parser|Permission) Error|read-only"
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def clean_environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which no credential of the caller is: a list of what may be, not of what may not."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1", **more}


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What dbt says of a build: its exit code, and the status and the message of each node and hook by its id."""

    code: int
    statuses: Mapping[str, tuple[str, str]]

    def why_not_built(self, node: str) -> str:
        """Return why a node is not built, as far as no value of the data can be in it; "" if it is."""
        status, message = self.statuses.get(node, ("not built", ""))
        return "" if status in _DONE else f"dbt: {status}{_said(message)}"

    def failed(self, nodes: Collection[str]) -> tuple[str, ...]:
        """Return what failed or was skipped besides `nodes`, with the reason: hooks of the run above all, after whose
        failure dbt builds the nodes all the same."""
        others = [each for each in self.statuses if each not in nodes]
        found = [f"{each.rpartition('.')[2]}: {why}" for each in others if (why := self.why_not_built(each))]
        if self.code and not any(map(self.why_not_built, self.statuses)):
            found.append(f"dbt ended with {self.code}, and names no node that failed")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Dbt:
    """A copy of a dbt project in `folder`, with a profile of one target, and the commands on it.

    `state` is the folder of production's manifest.json, `environment` what its process has besides.
    """

    folder: Path
    project: Path
    state: Path
    select: tuple[str, ...]
    exclude: tuple[str, ...]
    environment: Mapping[str, str]
    command: str
    vars: str = ""

    def selected(self) -> list[str]:
        """Return the ids of the nodes that the selection has. Raises CallError if dbt cannot tell."""
        listed = ("ls", "--output", "json", "--output-keys", "unique_id", "--quiet", *self._selection())
        done = self._run(*listed)
        if done.returncode:
            raise CallError(f"dbt cannot read the project: {_last(done.stdout)}")
        ids = [json.loads(line)["unique_id"] for line in done.stdout.splitlines() if line.startswith("{")]
        return list(dict.fromkeys(ids))

    def build(self) -> BuildResult:
        """Build what is selected; return what dbt says of it.

        Raises:
            CallError: dbt ended before it built a node; says what it told.
        """
        results = self.folder / "target" / "run_results.json"
        results.unlink(missing_ok=True)
        kinds = ("--resource-type", "model", "--resource-type", "seed")
        done = self._run("build", "--defer", "--favor-state", *kinds, *self._selection())
        if not results.exists():
            raise CallError(f"dbt built nothing: {_last(done.stdout)}")
        found = document(results, "dbt build")["results"]
        statuses = {r["unique_id"]: (str(r["status"]), str(r.get("message") or "")) for r in found}
        return BuildResult(done.returncode, statuses)

    def manifest(self) -> Any:
        """Return what dbt found in the project."""
        return document(self.folder / "target" / "manifest.json", "dbt ls")

    def _selection(self) -> list[str]:
        chosen = ["--state", str(self.state), "--select", *self.select]
        return [*chosen, "--exclude", *self.exclude] if self.exclude else chosen

    def _run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        given = ["--vars", self.vars] if self.vars else []
        quiet = ("--no-use-colors", "--no-send-anonymous-usage-stats", "--no-version-check")
        folders = ("--project-dir", self.project, "--profiles-dir", self.folder)
        places = ("--target-path", self.folder / "target", "--log-path", self.folder / "logs", "--target", TARGET)
        try:
            return subprocess.run(  # noqa: S603 - the command is the caller's own dbt
                [*self.command.split(), *quiet, command, *map(str, (*folders, *places)), *given, *arguments],
                cwd=self.project,
                env=clean_environment(self.folder, self.environment),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise ConfigurationError(f"{self.command} not found; install dbt, or name its command with --dbt") from None


def copied_project(project: Path, to: Path) -> Path:
    """Copy a dbt project, so that nothing is written into the one that is worked on. Raises ConfigurationError."""
    read_settings(project)

    def ignored(folder: str, names: list[str]) -> set[str]:
        return set(_NOT_COPIED(folder, names)) | (_NOT_COPIED_OF_TOP if Path(folder) == project else set())

    shutil.copytree(project, to, ignore=ignored, ignore_dangling_symlinks=True)
    return to


def write_profile(project: Path, folder: Path, output: Mapping[str, Any]) -> None:
    """Write the profile that the project asks for, with the target `shadow` alone."""
    name = str(read_settings(project).get("profile") or "default")
    profile = {name: {"target": TARGET, "outputs": {TARGET: dict(output)}}}
    file = folder / "profiles.yml"
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(profile), encoding="utf-8")


def named_variables(names: Iterable[str]) -> dict[str, str]:
    """Return variables of the environment that the project needs. Raises ConfigurationError if one is not set."""
    if lost := [name for name in names if name not in os.environ]:
        raise ConfigurationError(f"the environment variable {', '.join(lost)} is not set")
    return {name: os.environ[name] for name in names}


def _last(output: str) -> str:
    """Return the end of what dbt told, without colours and times."""
    lines = [_COLOURS.sub("", line).strip() for line in output.splitlines()]
    said = [re.sub(r"^\d\d:\d\d:\d\d\s+", "", line) for line in lines if line]
    return " ".join(said[-6:])[:600] or "it told nothing"


def _said(message: str) -> str:
    """Return what dbt says of a failure, as far as no value of the data can be in it."""
    lines = [" ".join(line.split()) for line in message.splitlines() if line.strip()]
    kept = [line for line in lines[:3] if _OF_DBT.fullmatch(line) or _OF_WORDS.search(line)]
    return f": {' '.join(kept)[:300]}" if kept else ""
