"""The views: what they show, to whom, and that nothing in them is more than text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from headgate.fitness.catalogue import Catalogue
from headgate.history import Kind, Surroundings, home, list_incidents, runs
from headgate.history.store import Store
from headgate.naming import PlaceName
from headgate.page.ask import Ask, NotShownError, Scope
from headgate.page.links import Links
from headgate.page.routes import ROUTES
from headgate.page.summary import lines

from tests.support.contracts import odcs, write
from tests.support.page import NOW, read, result, run, words


def id_of(store: Store, name: str) -> str:
    return str(next(each.id for each in home(store) if each.dataset == name))


def all_views(store: Store, ask: Callable[..., Ask], **fields: Any) -> Iterator[tuple[str, str]]:
    """Every view of everything that is there, by its address."""
    ids = {
        "/datasets/{id}": [{"id": str(each.id)} for each in home(store)],
        "/runs/{id}": [{"id": str(one.id)} for each in home(store) for one in runs(store, each.id, 99)],
        "/incidents/{number}": [{"number": str(each.number)} for each in list_incidents(store, NOW, closed=True)],
    }
    dag_id = fields.pop("dag_id", "shop")
    queries = {
        "/dag": {"dag_id": dag_id},
        "/dag_run": {"dag_id": dag_id, "run_id": "scheduled__10"},
        "/task_instance": {"dag_id": dag_id, "run_id": "scheduled__10", "task_id": "publish_orders", "map_index": "-1"},
    }
    for path, view in ROUTES.items():
        for parts in ids.get(path, [{}]):
            yield path.format(**parts), view(ask(**fields, **queries.get(path, {})), **parts)


# What a person looks for on a view, in its words.
SAID = {
    "/": ["What is broken now", "2 broken", "2 holds", "orders · amount.maximum holds", "40 of 2,000 rows",
          "nobody has it yet", "read by churn score and 1 more", "Shop team", "Rows in quarantine", "40 rows"],
    "/contracts": ["4 datasets, those in trouble first", "3 of 3", "publishe"],
    "/datasets/{orders}": ["May I use it now?", "yes, but", "newer data was held back", "#orders-help",
                           "churn score (#ml), finance", "amount 1 promise, 1 broken", "110", "shop.public.orders"],
    "/incidents/{orders}": ["New data is held back, readers keep what they had", "Next Repair the data",
                            "nobody yet; its owner is Shop team", "first found by run", "Acknowledge", "Mute until"],
    "/quarantine": ["40 of 2,000", "reason.enum holds", "headgate quarantine show CONTRACT#refunds --run-key"],
    "/reconciliations": ["No dataset has a rule of reconciliation"],
    "/runs/{orders}": ["Nothing was published: readers keep what they had", "broken since then: amount.maximum",
                       "1,900", "headgate check CONTRACT#orders"],
    "/dag": ["publish_orders", "publish_customers"],
    "/dag_run": ["Gates of shop, run scheduled__10", "halted", "published"],
    "/task_instance": ["Nothing was published"],
}  # fmt: skip


@pytest.mark.parametrize("path", SAID)
def test_a_view_says(path: str, shop: Store, ask: Callable[..., Ask]) -> None:
    orders = id_of(shop, "orders")
    shop.record(replace(run(9.5), rows=100))
    incident = next(each.number for each in list_incidents(shop, NOW) if each.concern.dataset == "orders")
    number = {"/incidents/{orders}": str(incident), "/runs/{orders}": str(runs(shop, int(orders))[0].id)}.get(
        path, orders
    )
    shown = dict(all_views(shop, ask))
    said = words(shown[path.format(orders=number)])
    assert [each for each in SAID[path] if each not in said] == [], said


def test_every_view_is_whole_without_scripts(shop: Store, ask: Callable[..., Ask]) -> None:
    """Each has one title, one heading of the first order, a language, and leads only to views that are there."""
    shown = dict(all_views(shop, ask))
    assert len(shown) > 30
    for path, document in shown.items():
        reader = read(document)
        assert document.startswith('<!doctype html>\n<html lang="en">'), path
        assert document.count("<h1>") == 1 and document.count("<title>") >= 1, path
        assert {name for name in reader.attributes if name.startswith("on") or name == "style"} == set(), path
        for link in reader.links:
            target = link.partition("?")[0].removeprefix("/headgate")
            known = (
                target in shown
                or target.startswith(("/static/", "#"))
                or re.fullmatch(r"/incidents/\d+/[a-z]+", target)
            )
            assert known, (path, link)


EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}\u202e\x00"


def test_markup_is_text(store: Store, ask: Callable[..., Ask]) -> None:
    broken = result(f"k{EVIL}", "failed", columns=(EVIL,), description=EVIL, unit=EVIL)
    said = run(
        10, EVIL, "shop", replace(broken, label=EVIL), contract=EVIL, version=EVIL, owner=EVIL, policy=EVIL, commit=EVIL,
        place=PlaceName(EVIL, EVIL), support=(EVIL,), consumers=({"name": EVIL, "contact": EVIL},),
        outcome="published_partly", rows_quarantined=4,
    )  # fmt: skip
    store.record(replace(said, run_key="shop/publish_orders/scheduled__10"))
    store.record(replace(said, run_key=EVIL, kind=Kind.CHECK, outcome=None))
    clean = {"html", "head", "meta", "title", "link", "script", "body", "a", "header", "nav", "p", "main"}
    for path, document in all_views(store, ask, q=EVIL, owner=EVIL, state=EVIL):
        reader = read(document)
        assert "img" not in reader.elements and document.count("<script") == 2, path
        assert {name for name in reader.attributes if name.startswith("on")} == set(), path
        assert "49" not in "".join(reader.texts) and "\u202e" not in document and "\x00" not in document, path
        assert clean <= reader.elements, path


# --- who may see what ------------------------------------------------------------------------------------------------

BILLING = Scope(frozenset({"billing"}))


def test_only_what_ones_dags_ran_is_seen(shop: Store, ask: Callable[..., Ask]) -> None:
    """In no view is there a name of another DAG's dataset."""
    mine = id_of(shop, "refunds")
    for path, view in ROUTES.items():
        for parts in {"/datasets/{id}": [{"id": mine}]}.get(path, [{}] if "{" not in path else []):
            asked = {"dag_id": "billing", "run_id": "scheduled__10", "task_id": "publish_refunds"} if path in (
                "/dag", "/dag_run", "/task_instance") else {}  # fmt: skip
            said = view(ask(BILLING, **asked), **parts)
            assert not re.search(r"orders(?!-help)|customers|stock", said), path
    for each in home(shop):
        if each.dataset != "refunds":
            with pytest.raises(NotShownError):
                ROUTES["/datasets/{id}"](ask(BILLING), id=str(each.id))
            for one in runs(shop, each.id):
                with pytest.raises(NotShownError):
                    ROUTES["/runs/{id}"](ask(BILLING), id=str(one.id))
    for incident in list_incidents(shop, NOW):
        if incident.concern.dataset != "refunds":
            with pytest.raises(NotShownError):
                ROUTES["/incidents/{number}"](ask(BILLING), number=str(incident.number))
    for path in ("/dag", "/dag_run", "/task_instance"):
        with pytest.raises(NotShownError):
            ROUTES[path](ask(BILLING, dag_id="shop", run_id="scheduled__10", task_id="publish_orders"))


def test_who_may_see_nothing_sees_nothing(shop: Store, ask: Callable[..., Ask]) -> None:
    for path, view in ROUTES.items():
        if "{" not in path and not path.startswith(("/dag", "/task")):
            assert not re.search("orders|refunds|customers|stock", view(ask(Scope()))), path


def test_a_run_of_another_dag_is_not_shown_though_its_dataset_is(shop: Store, ask: Callable[..., Ask]) -> None:
    """Two DAGs run the same dataset: who may read one of them sees the dataset, and its own runs."""
    shop.record(run(9.5, "orders", "billing"))
    said = ROUTES["/datasets/{id}"](ask(BILLING), id=id_of(shop, "orders"))
    assert "billing/publish_orders" in said and "shop/publish_orders" not in said
    others = [each for each in runs(shop, int(id_of(shop, "orders"))) if each.run_key.startswith("shop/")]
    with pytest.raises(NotShownError):
        ROUTES["/runs/{id}"](ask(BILLING), id=str(others[0].id))


def test_nothing_of_a_hidden_dag_is_told_beside_what_is_seen(shop: Store, ask: Callable[..., Ask]) -> None:
    """Not the run before, though it is of the same dataset, nor the dataset from which a breach came."""
    above = PlaceName("postgres://db:5432", "shop.public.orders")
    made = run(10.1, "invoices", "billing", result("a", "failed"), around=Surroundings(own=True, upstream=(above,)))
    shop.record(made)
    shop.record(run(10.2, "orders", "billing", version="2.0.0"))
    (line,) = [each for each in list_incidents(shop, NOW) if each.concern.dataset == "invoices"]
    assert line.cause and line.cause.dataset == "orders"
    own = ROUTES["/runs/{id}"](ask(BILLING), id=str(runs(shop, int(id_of(shop, "orders")))[0].id))
    assert "1.1.0" not in own and "Before" not in own
    shop.record(run(10.3, "orders", "billing", version="3.0.0"))
    newest = ROUTES["/runs/{id}"](ask(BILLING), id=str(runs(shop, int(id_of(shop, "orders")))[0].id))
    assert "contract 2.0.0 → 3.0.0" in words(newest)
    for path in ("/", "/incidents", "/datasets/{id}", "/incidents/{number}"):
        parts = (
            {"id": id_of(shop, "invoices")} if "{id}" in path else {"number": str(line.number)} if "{" in path else {}
        )
        scope = Scope(frozenset({"other"})) if path == "/" else BILLING
        assert "customers" not in ROUTES[path](ask(scope), **parts), path


def test_a_cause_that_is_hidden_has_no_name(shop: Store, ask: Callable[..., Ask]) -> None:
    above = PlaceName("postgres://db:5432", "shop.public.orders")
    shop.record(
        run(10.1, "invoices", "billing", result("a", "failed"), around=Surroundings(own=True, upstream=(above,)))
    )
    for path in ("/", "/incidents"):
        said = words(ROUTES[path](ask(BILLING)))
        assert "caused by an incident upstream" in said and "orders ·" not in said
    assert [each.text for each in lines(ask(BILLING))] != []  # it is told here, as its cause is not seen


def test_what_one_may_see_is_not_crowded_out(shop: Store, ask: Callable[..., Ask]) -> None:
    """Limits count only what is seen: newer runs of others hide nothing."""
    shop.record(replace(run(9.5, "orders", "billing"), rows=77))
    for number in range(70):
        shop.record(run(10 + number / 1000, "orders"))
    said = words(ROUTES["/datasets/{id}"](ask(BILLING), id=id_of(shop, "orders")))
    assert "billing/publish_orders" in said and "77" in said


def test_numbers_are_shown_to_who_may_read_values(shop: Store, ask: Callable[..., Ask]) -> None:
    readable = frozenset({"shop"})
    for path, parts in (
        ("/datasets/{id}", {"id": id_of(shop, "orders")}),
        ("/runs/{id}", {"id": str(runs(shop, int(id_of(shop, "orders")))[0].id)}),
    ):
        hidden = ROUTES[path](ask(Scope(readable)), **parts)
        shown = ROUTES[path](ask(Scope(readable, lambda dag: dag == "shop")), **parts)
        assert "110" in words(shown) and "110" not in words(hidden), path
        assert "not shown" in words(hidden) and "40 of 2,000" in words(hidden), path


def test_what_may_be_done_is_offered_to_who_may_do_it(shop: Store, ask: Callable[..., Ask]) -> None:
    number = next(str(each.number) for each in list_incidents(shop, NOW) if each.concern.dataset == "orders")
    view = ROUTES["/incidents/{number}"]
    offered = {
        name: "<form" in view(ask(scope), number=number)
        for name, scope in {
            "reads": Scope(frozenset({"shop"})),
            "edits another": Scope(None, edits=lambda dag: dag == "billing"),
            "edits it": Scope(frozenset({"shop"}), edits=lambda dag: dag == "shop"),
        }.items()
    }
    assert offered == {"reads": False, "edits another": False, "edits it": True}


# --- parameters ------------------------------------------------------------------------------------------------------

ODD = [
    "",
    "0",
    "-1",
    "1e3",
    "9" * 40,
    "1;DROP TABLE headgate_report",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%00",
    "ä",
    "1 2",
    "None",
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_parameters_find_nothing(odd: str, shop: Store, ask: Callable[..., Ask]) -> None:
    for path, name in (("/datasets/{id}", "id"), ("/runs/{id}", "id"), ("/incidents/{number}", "number")):
        with pytest.raises(NotShownError):
            ROUTES[path](ask(), **{name: odd})
    if odd:
        found = words(ROUTES["/contracts"](ask(q=odd, state=odd, owner=odd, page=odd)))
        assert "0 datasets of 4" in found
    assert "Nothing is recorded" in words(ROUTES["/task_instance"](ask(dag_id="shop", run_id=odd, task_id=odd)))
    assert len(home(shop)) == 4


CHOSEN = {
    "q=ORD": ({"q": "ORD"}, ["orders"]),
    "q of a consumer": ({"q": "churn"}, ["orders", "refunds"]),
    "state": ({"state": "holds"}, ["customers", "stock"]),
    "owner": ({"owner": "Shop team", "q": "stock"}, ["stock"]),
    "nobody's": ({"owner": "Nobody"}, []),
}


@pytest.mark.parametrize("name", CHOSEN)
def test_contracts_are_chosen(name: str, shop: Store, ask: Callable[..., Ask]) -> None:
    query, wanted = CHOSEN[name]
    document = ROUTES["/contracts"](ask(**query))
    assert re.findall(r'<a href="/headgate/datasets/\d+">(\w+)</a>', document) == wanted


def test_pages_of_contracts(store: Store, ask: Callable[..., Ask]) -> None:
    for number in range(120):
        store.record(run(10, f"d{number:03}"))
    found = [re.findall(r">(d\d{3})<", ROUTES["/contracts"](ask(page=str(page)))) for page in (1, 2, 3, 9)]
    assert [len(each) for each in found] == [50, 50, 20, 20]
    assert len({*found[0], *found[1], *found[2]}) == 120


def test_a_contract_that_never_ran_is_not_green(shop: Store, ask: Callable[..., Ask], tmp_path: Path) -> None:
    write(tmp_path, odcs({"name": "ledger", "properties": [{"name": "id", "required": True}]}))
    known = Catalogue.below(tmp_path)
    document = ROUTES["/contracts"](ask(catalogue=known, q="ledger"))
    assert "never run" in words(document) and 'class="state good"' not in document and "✔" not in document
    limited = ROUTES["/contracts"](ask(Scope(frozenset({"shop"})), catalogue=known))
    assert "ledger" not in limited


def test_addresses() -> None:
    links = Links("/air/headgate")
    assert links.to() == "/air/headgate/"
    assert links.to("incidents", 7) == "/air/headgate/incidents/7"
    assert links.to("contracts", q="a b&c", owner="") == "/air/headgate/contracts?q=a+b%26c"
    inside = Links(files=frozenset({"", "runs/3"}), depth=1)
    assert [inside.to(), inside.to("runs", 3), inside.to("runs", 4)] == ["../index.html", "../runs/3.html", ""]
    assert inside.asset("page.css") == "../static/page.css"
