"""The views of the page at a million results: what the server takes for each, on SQLite and on PostgreSQL, for somebody
who may see everything, and for somebody who may read 100 of 250 DAGs.

    python -m benchmarks.page [--runs 100] [--repeats 15]

Exits with 1 where a view takes longer than 100 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headgate.history import home, list_incidents, open_store
from headgate.history.dags import task_run_of
from headgate.history.store import Store
from headgate.page.ask import Ask, Scope
from headgate.page.routes import ROUTES, View

from tests.support.big_history import Platform, write
from tests.support.postgres_server import server

# What a view may take, in milliseconds.
BOUND = 100.0


def _anything(_: str | None) -> bool:
    return True


SCOPES = {
    "all": Scope(None, _anything, _anything),
    "100 DAGs": Scope(frozenset(f"dag_{number}" for number in range(100)), _anything, _anything),
}


@dataclass(frozen=True)
class Case:
    """A view of a store, as it is asked by somebody."""

    path: str
    who: str
    ask: Callable[[], Any]


def parts_of(store: Store, platform: Platform) -> Callable[[str], dict[str, str]]:
    """Return what stands for the parameters of a path: of the dataset in most trouble that both scopes see."""
    seen = next(each for each in home(store) if SCOPES["100 DAGs"].sees(each.last.run_key.partition("/")[0]))
    number = next(
        each.number for each in list_incidents(store, platform.now)
        if (each.concern.contract, each.concern.dataset) == (seen.contract, seen.dataset)
    )  # fmt: skip
    task = task_run_of(seen.last.run_key)
    assert task is not None
    of_airflow = {"dag_id": task.dag_id, "task_id": task.task_id, "run_id": task.run_id, "map_index": "-1"}
    of_path = {"/datasets": seen.id, "/runs": seen.last.id, "/incidents": number, "/contracts": seen.contract}

    def parts(path: str) -> dict[str, str]:
        first = next((str(value) for begin, value in of_path.items() if path.startswith(begin)), "")
        return of_airflow | dict.fromkeys(("id", "number", "contract"), first)

    return parts


def cases(store: Store, platform: Platform) -> Iterator[Case]:
    parts = parts_of(store, platform)
    for path, view in ROUTES.items():
        for who, scope in SCOPES.items():
            yield Case(path, who, _asked(view, store, scope, platform, parts(path)))


def _asked(view: View, store: Store, scope: Scope, platform: Platform, parts: Mapping[str, str]) -> Callable[[], str]:
    """Return the call of a view with the parts that it takes; the others are parameters of the address."""
    taken = list(inspect.signature(view).parameters)[1:]
    query = {
        name: value for name, value in parts.items() if name not in taken and value and name.endswith(("_id", "x"))
    }
    ask = Ask(store, scope, platform.now, query=query)
    return lambda: view(ask, **{name: parts[name] for name in taken})


def questions(store: Store, platform: Platform) -> Iterator[Case]:
    """What the home page is made of."""
    yield Case("  read.home", "–", lambda: home(store))
    yield Case("  list_incidents", "–", lambda: list_incidents(store, platform.now))


def measure(name: str, url: str, platform: Platform, repeats: int) -> list[str]:
    """Print what each view takes; return those that take too long."""
    store = open_store(url, seconds=600)
    begun = time.perf_counter()
    write(store, platform)
    results = platform.datasets * platform.rules * platform.runs
    print(f"\n{name}: {results:,} results, written in {time.perf_counter() - begun:.0f} s; milliseconds")
    print(f"{'view':<20}{'who':<10}{'wall':>22}{'CPU':>22}{'kB':>8}")
    asked = [*cases(store, platform), *questions(store, platform)]
    size = {case: len(str(case.ask()).encode()) for case in asked}
    wall: defaultdict[Case, list[float]] = defaultdict(list)
    cpu: defaultdict[Case, list[float]] = defaultdict(list)
    for _ in range(repeats):  # in turn: what else the machine does is done to all
        for case in asked:
            clock, own = time.perf_counter(), time.process_time()
            case.ask()
            wall[case].append(1000 * (time.perf_counter() - clock))
            cpu[case].append(1000 * (time.process_time() - own))
    store.close()
    slow = []
    for case in asked:
        late = statistics.median(wall[case]) > BOUND
        spreads = f"{spread(wall[case]):>22}{spread(cpu[case]):>22}"
        kilobytes = "" if case.who == "–" else f"{size[case] / 1000:.0f}"
        print(f"{case.path:<20}{case.who:<10}{spreads}{kilobytes:>8}{f'  above {BOUND:.0f} ms' if late else ''}")
        slow += [f"{case.path} ({case.who}) on {name}"] if late else []
    return slow


def spread(found: list[float]) -> str:
    """Return the median, and the range of the middle 80 %."""
    found = sorted(found)
    low, high = found[len(found) // 10], found[-1 - len(found) // 10]
    return f"{statistics.median(found):.1f} ({low:.1f} to {high:.1f})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=15)
    given: Any = parser.parse_args()
    platform = Platform(runs=given.runs)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        slow = measure("SQLite", f"sqlite:///{folder}/history.db", platform, given.repeats)
        socket_folder = stack.enter_context(server())
        url = f"postgresql://headgate@/postgres?host={socket_folder}"
        slow += measure("PostgreSQL", url, platform, given.repeats)
    print(f"\nabove {BOUND:.0f} ms: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
