"""A graph from Marquez is the same as that of the events which it was sent, as far as it leads."""

from __future__ import annotations

import contextlib
import socket
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from headgate.errors import CallError, TransientError
from headgate.lineage import graph_from_marquez, impact
from headgate.lineage.marquez import Marquez as Client

from tests.support.marquez_api import Marquez, serving
from tests.support.told_events import churn_days, data, event, graph

DAYS = [e for e in churn_days() if e["eventType"] == "COMPLETE"]
TESTED = event("looked", [data("features", dataQualityAssertions={})], test={"tests": []})
# Another branch hangs on the same source: Marquez answers with it as well.
ASIDE = event("aside", ["landing/invoices.csv"], ["elsewhere"])
MAIL = event("mail", ["churn_scores"])
EVENTS = [*DAYS, TESTED, ASIDE, MAIL]


@pytest.mark.parametrize(
    "dataset", ["invoices", "raw.invoices.amount", "features", "churn_scores.score", "invoices.csv"]
)
@pytest.mark.parametrize("upstream", [False, True])
def test_marquez_and_events_say_the_same(dataset: str, upstream: bool) -> None:
    with serving(Marquez(EVENTS)) as url:
        by_marquez = impact(graph_from_marquez(url, dataset, upstream=upstream), dataset, upstream=upstream)
    by_events = impact(graph(*EVENTS), dataset, upstream=upstream)
    assert by_marquez.affected != () or by_events.affected == ()
    assert [_told(each.to_dict()) for each in by_marquez.affected] == [_told(e.to_dict()) for e in by_events.affected]
    assert by_marquez.people == by_events.people


def _told(affected: dict[str, Any]) -> dict[str, Any]:
    """Without what a run did last, which Marquez does not tell of a dataset."""
    return {key: value for key, value in affected.items() if key != "last"}


def test_what_a_run_did_last_is_what_the_facet_says() -> None:
    with serving(Marquez(EVENTS)) as url:
        last = impact(graph_from_marquez(url, "invoices"), "invoices").start.last
    assert last is not None
    assert (last.outcome, last.verdict, last.at.day) == ("published", "pass", 3)


@pytest.mark.slow
def test_a_long_chain_is_followed_to_its_end() -> None:
    """Marquez cuts its answers off at a depth; from the rim it is asked again, not from each dataset."""
    marquez = Marquez([event(f"j{n}", [f"d{n}"], [f"d{n + 1}"]) for n in range(90)])
    with serving(marquez) as url:
        found = impact(graph_from_marquez(url, "d0"), "d0").affected
        near = impact(graph_from_marquez(url, "d0", depth=3), "d0").affected
    assert [each.node.name.name for each in found] == [f"d{n + 1}" for n in range(90)]
    assert [each.distance for each in near] == [1, 2, 3]
    assert sum("/lineage?" in address for address in marquez.asked) <= 12


def test_only_what_is_downstream_is_asked_for() -> None:
    marquez = Marquez(EVENTS)
    with serving(marquez) as url:
        graph_from_marquez(url, "features")
    assert not any("elsewhere" in address for address in marquez.asked)


def test_an_unknown_dataset_and_an_ambiguous_one() -> None:
    with serving(Marquez([event("j", ["x.orders"], ["y.orders"])])) as url:
        with pytest.raises(CallError, match=f"Marquez at {url} has no dataset 'nope'"):
            graph_from_marquez(url, "nope")
        with pytest.raises(CallError, match="'orders' is the name of 2 datasets"):
            graph_from_marquez(url, "orders")


def test_a_server_that_fails_or_is_not_there() -> None:
    with serving(Marquez([]), status=500) as url, pytest.raises(TransientError, match="answered 500 to /api/v1/search"):
        graph_from_marquez(url, "a")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TransientError, match=r"cannot be reached: .*refused"):
        graph_from_marquez(f"http://127.0.0.1:{port}", "a")
    with pytest.raises(
        CallError, match="'marquez:5000' is not the address of a Marquez server; expected http://HOST:PORT"
    ):
        graph_from_marquez("marquez:5000", "a")


def test_a_server_that_does_not_answer_is_left_after_the_timeout() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        with pytest.raises(TransientError, match="cannot be reached: timed out"):
            graph_from_marquez(f"http://127.0.0.1:{deaf.getsockname()[1]}", "a", timeout_s=0.2)


def test_another_server_than_marquez() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(CallError, match="did not answer in JSON; give the address of Marquez's API"):
            graph_from_marquez(f"http://127.0.0.1:{server.server_address[1]}", "a")
    finally:
        server.shutdown()
        server.server_close()


def test_credentials_of_the_address_are_sent_and_never_shown() -> None:
    server = Client("http://ann:se%40cret@127.0.0.1:1/api/v1")
    assert server.url == "http://127.0.0.1:1"
    with pytest.raises(TransientError) as raised:
        server.get("search")
    assert "cret" not in str(raised.value)
    with basic_auth() as (url, seen):
        Client(url.replace("://", "://ann:se%40cret@")).get("search")
    assert seen == [f"Basic {b64encode(b'ann:se@cret').decode()}"]


@contextlib.contextmanager
def basic_auth() -> Iterator[tuple[str, list[str]]]:
    """A server that notes how who asks it identifies."""
    seen: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization", ""))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
