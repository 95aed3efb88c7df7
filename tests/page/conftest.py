"""A history of a shop, and questions to its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from headgate.history import Kind, open_store
from headgate.history.store import Store
from headgate.page.ask import Ask, Scope

from tests.support.history import sqlite_at
from tests.support.page import ALL, NOW, result, run


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(sqlite_at(tmp_path))
    yield made
    made.close()


@pytest.fixture
def shop(store: Store) -> Store:
    """Ten days of orders, the last of which breaks a promise, customers that hold, refunds of another DAG that were
    quarantined, and stock that somebody checked by hand."""
    for day in range(1, 11):
        last = day == 10
        amount = result("amount.maximum", "failed" if last else "passed", columns=("amount",))
        total = result(
            "total.sum", failed=None, rows=None, value=100.0 + day, expect={"operator": "<=", "bounds": [500.0]}
        )
        version = "1.0.0" if day < 6 else "1.1.0"
        store.record(run(day, "orders", "shop", result("id.required", columns=("id",)), amount, total, version=version))
        store.record(run(day, "customers"))
    broken = run(10, "refunds", "billing", result("reason.enum", "failed", columns=("reason",)))
    store.record(replace(broken, outcome="published_partly", rows_quarantined=40, rows_published=1960))
    store.record(run(10, "stock", "", kind=Kind.CHECK, outcome=None))
    return store


@pytest.fixture
def ask(store: Store) -> Callable[..., Ask]:
    """Makes a question: by somebody who may see all, ten minutes after the last run."""

    def made(scope: Scope = ALL, now: datetime = NOW, **fields: Any) -> Ask:
        query = {name: fields.pop(name) for name in list(fields) if name not in ("links", "catalogue")}
        return Ask(store, scope, now.astimezone(UTC), query=query, **fields)

    return made
