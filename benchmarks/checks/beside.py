"""headgate beside other tools, on the same orders, each compared on the checks that the other tool answers."""

from __future__ import annotations

import functools
import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from benchmarks.checks.data import Variant
from benchmarks.checks.peers.asked import Asked
from benchmarks.checks.peers.environment import python_of, version_of
from benchmarks.checks.process import Spent
from benchmarks.checks.sources import Bench, Place, Source, source
from benchmarks.checks.table import Case, Figures, Part, Row, in_turn, megabytes, seconds, times
from benchmarks.checks.thirty import THIRTY, Check

# What is true of data in which everything is broken that a row can break.
_UNBROKEN = frozenset(check.name for check in THIRTY if check.kind in ("type", "row_count"))
_RUINED = Variant(1000, ruined=True)
_QUIET = {"GX_ANALYTICS_ENABLED": "False", "SODA_CORE_TELEMETRY_ENABLED": "false", "DO_NOT_TRACK": "1"}


@dataclass(frozen=True)
class Peer:
    """Another tool in one place; `least` is how many times headgate's CPU it is expected to spend."""

    tool: str
    package: str
    place: Place
    least: float = 1.0
    engine: str = ""

    def __str__(self) -> str:
        name = f"{self.package} {version_of(self.tool, self.package)}"
        return f"{name} ({self.engine})" if self.engine else name


PEERS = (
    Peer("gx", "great-expectations", "Parquet", 12, "pandas"),
    Peer("gx", "great-expectations", "PostgreSQL", 6, "SQLAlchemy"),
    Peer("soda", "soda-core", "table"),
    Peer("soda", "soda-core", "PostgreSQL"),
    Peer("datacontract", "datacontract-cli", "Parquet"),
    Peer("datacontract", "datacontract-cli", "PostgreSQL"),
    Peer("dbt", "dbt-core", "table"),
    Peer("dbt", "dbt-core", "PostgreSQL"),
    Peer("pandera", "pandera", "Parquet", engine="polars"),
    Peer("pointblank", "pointblank", "Parquet", engine="polars"),
)
_MEDIAN = 3.0


@dataclass(frozen=True)
class Said:
    """What a peer said in one run, and what that cost: the whole process, and its check alone. On a database server
    the whole of what the server spent counts as the check."""

    spent: Spent
    cpu: float
    answered: frozenset[str]
    failed: frozenset[str]

    @property
    def alone(self) -> float:
        return self.cpu + self.spent.server


def ask(peer: Peer, where: Source) -> Said:
    """Raises AssertionError with what the tool printed where it says nothing."""
    folder = where.bench.folder / "work" / f"{peer.tool}_{where.place}_{where.variant}"
    folder.mkdir(parents=True, exist_ok=True)
    data = where.bench.data
    if where.place == "PostgreSQL":
        server = where.bench.server()
        question = Asked("PostgreSQL", str(folder), server.database(where.variant), host=server.folder)
    elif where.place == "table":
        question = Asked("table", str(folder), str(data.duckdb(where.variant)))
    else:
        files = {"orders": str(data.parquet(where.variant)), "customers": str(data.customers(where.variant))}
        question = Asked("Parquet", str(folder), **files)
    module = f"benchmarks.checks.peers.{peer.tool}"
    spent = where.process([python_of(peer.tool), "-m", module, json.dumps(asdict(question))], _QUIET)
    lines = spent.output.splitlines()
    assert spent.code == 0 and lines, f"{peer} exited with {spent.code}:\n{spent.output[-2000:]}{spent.errors[-2000:]}"
    said = json.loads(lines[-1])
    return Said(spent, said["cpu"], frozenset(said["answered"]), frozenset(said["failed"]))


@functools.cache
def answered(peer: Peer, bench: Bench) -> tuple[Check, ...]:
    """The checks that a tool answers: those that it fails on data in which all are broken, as far as data can."""
    said = ask(peer, source(bench, peer.place, _RUINED))
    names = said.answered & (said.failed | _UNBROKEN)
    return tuple(check for check in THIRTY if check.name in names)


@dataclass
class Ratios:
    """Of all peers, how many times headgate's CPU they spend, for the line at the end."""

    alone: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def _measured(peer: Peer, bench: Bench, variant: Variant, rounds: int, ratios: Ratios) -> Iterator[Row]:
    checks = answered(peer, bench)
    where = source(bench, peer.place, variant)
    name = f"as {peer.tool} on {peer.place}"
    dataset = bench.dataset(name, checks)
    found: set[str] = set()

    def other() -> Figures:
        said = ask(peer, where)
        found.update(said.failed ^ where.broken(checks), {check.name for check in checks} - said.answered)
        return {"peer alone": said.alone, "peer": said.spent.cpu, "peer peak": said.spent.peak}

    def own() -> Figures:
        whole = where.whole(name, checks)
        return {"alone": where.check(dataset, checks), "whole": whole.cpu, "peak": whole.peak}

    spent = in_turn((other, own), rounds, warm=False)
    alone, whole = spent["peer alone"] / spent["alone"], spent["peer"] / spent["whole"]
    ratios.alone.append(alone)
    ratios.whole.append(whole)
    yield (
        str(peer), peer.place, str(len(checks)),
        seconds(spent["peer alone"]), seconds(spent["alone"]), times(alone, least=peer.least),
        seconds(spent["peer"]), seconds(spent["whole"]), times(whole, least=peer.least),
        megabytes(spent["peer peak"]), megabytes(spent["peak"]),
        f"differs: {', '.join(sorted(found))}" if found else "agrees",
    )  # fmt: skip


_HEAD = (
    "tool", "place", "checks", "alone: tool", "headgate", "tool ÷ headgate",
    "whole: tool", "headgate", "tool ÷ headgate", "peak MB: tool", "headgate", "found",
)  # fmt: skip


def peers(bench: Bench, variant: Variant, rounds: int, places: Sequence[Place]) -> Part:
    """One table of one version of the data; the last line is the median of the tools."""
    ratios = Ratios()

    def median() -> Iterator[Row]:
        alone, whole = (statistics.median(values) for values in (ratios.alone, ratios.whole))
        empty = ("",) * 2
        yield "median", *empty, *empty, times(alone, least=_MEDIAN), *empty, times(whole, least=_MEDIAN), *empty, ""

    chosen = [peer for peer in PEERS if peer.place in places]
    cases = [
        Case(f"{peer} on {peer.place}", lambda p=peer: _measured(p, bench, variant, rounds, ratios)) for peer in chosen
    ]
    text = f"CPU seconds of client and server, medians of {rounds}."
    return Part("peers", f"Other tools: {variant.words}", text, _HEAD, (*cases, Case("median", median)))


def left_out(bench: Bench) -> Part:
    """Which of the checks a tool does not answer."""

    def measure(peer: Peer) -> Iterator[Row]:
        missing = [check.name for check in THIRTY if check not in answered(peer, bench)]
        yield str(peer), peer.place, ", ".join(missing) or "none"

    cases = tuple(Case(f"{peer} on {peer.place}", lambda p=peer: measure(p)) for peer in PEERS)
    text = "What a tool does not find on data in which everything is broken counts as not answered."
    return Part("peers", "What the other tools leave out", text, ("tool", "place", "left out"), cases)
