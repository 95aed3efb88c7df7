"""The tools: plain functions from names to JSON-ready values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from headgate.contract import Dataset
from headgate.errors import CallError, HeadgateError
from headgate.fitness import Fitness, Unreadable, fitness, status
from headgate.fitness.catalogue import Catalogue, full_name, names_of
from headgate.fitness.evidence import Evidence
from headgate.fitness.read import place_served
from headgate.fitness.recorded import Recorded
from headgate.levels import Clock
from headgate.lineage.blast_radius import impact_of
from headgate.lineage.find import find_promised
from headgate.lineage.graph import Graph
from headgate.mcp.contracts import Contracts
from headgate.mcp.promises import author, level_keys, promises
from headgate.mcp.text import AuthorText, cleaned, name_told, status_told, version_told
from headgate.plural import counted, plural
from headgate.suggest import did_you_mean

MAX_LISTED = 200


class NotFoundError(CallError):
    """An agent asks for a name that is not known. The message may be told: it has names in it, and no path."""


# Returns the lineage around a dataset.
Lineage = Callable[[Dataset], Graph]


class Tools:
    """What an agent may ask. Every answer says what is not known.

    Args:
        recorded: the history; None where there is none.
        lineage: the lineage around a dataset; None where none is configured.
    """

    def __init__(
        self,
        contracts: Contracts,
        *,
        server: str | None = None,
        recorded: Recorded | None = None,
        lineage: Lineage | None = None,
    ) -> None:
        self._contracts, self._server = contracts, server
        self._recorded, self._lineage = recorded, lineage

    def list_datasets(self, search: str = "") -> dict[str, Any]:
        """Return the datasets whose name has `search` in it, the first 200 of them."""
        known = self._contracts.now()
        found = [each for each in known.datasets if search.lower() in full_name(each).lower()]
        told = [
            {"dataset": each.name, "contract": each.contract.id, "version": version_told(each.contract.version),
             "status": status_told(each.contract.status), "columns": len(each.properties)}
            for each in found[:MAX_LISTED]
        ]  # fmt: skip
        lacking = [f"{counted(len(known.faulty), 'contract')} that cannot be read"] if known.faulty else []
        if (more := len(found) - MAX_LISTED) > 0:
            lacking.append(f"{more} more {plural('dataset', more)}; search for a part of the name")
        return {"datasets": cleaned(told), "total": len(found), "not_told": lacking}

    def status(self, dataset: str, consumer: str = "") -> dict[str, Any]:
        """Return whether a dataset may be used now. Raises NotFoundError for an unknown dataset or consumer."""
        about = self._find(dataset)
        return self._told(about, self._ask(about, consumer))

    def contract(self, dataset: str) -> dict[str, Any]:
        """Return what the contract of a dataset says. Raises NotFoundError for an unknown dataset."""
        return promises(self._find(dataset))

    def explain(self, dataset: str, consumer: str = "") -> dict[str, Any]:
        """Return what is behind the status of a dataset. Raises NotFoundError for an unknown dataset or consumer."""
        about = self._find(dataset)
        found = self._ask(about, consumer)
        lacking = [] if self._recorded else ["what single rules found: no history is configured"]
        rules: list[dict[str, Any]] = []
        if self._recorded is not None:
            try:
                rules = self._recorded.findings(about, place_served(about, None, self._server).lineage)
            except HeadgateError:
                lacking.append("what single rules found: history cannot be read")
        levels = level_keys(about)
        rules = [each for each in rules if not (each["status"] == "not_executed" and each["rule"] in levels)]
        broken = [each for each in rules if each["status"] != "passed"]
        told = self._told(about, found)
        words = author(about).get("rules", {})
        names = [each["rule"] for each in cleaned(broken)]
        told["stated_by_contract_author"]["rules"] = {name: words[name] for name in names if name in words}
        return told | {
            "rules_that_did_not_pass": cleaned(broken),
            "rules_that_passed": len(rules) - len(broken),
            "what_to_do": _advice(found),
            "not_known": [*told["not_known"], *lacking],
        }

    def impact(self, dataset: str, column: str = "") -> dict[str, Any]:
        """Return who reads a dataset, or a column of it, and what is made of it.

        Raises NotFoundError for an unknown dataset or column.
        """
        known = self._contracts.now()
        about = self._find(dataset)
        column = _named(about, "column", column, [prop.name for prop in about.properties])
        readers = [each for each in about.consumers if not column or each.may_read(column)]
        say = AuthorText(about)
        told: dict[str, Any] = {
            "dataset": about.name,
            "column": column or None,
            "made_from_it": [full_name(each) for each in _downstream(known, about)],
            "affected_by_lineage": [],
            "not_known": [],
        }
        if self._lineage is None:
            told["not_known"] = ["lineage: none is configured; only what contracts say is told"]
        else:
            try:
                graph = self._lineage(about)
                name = find_promised(graph, about.contract.id, about.name, about.physical_name)
                told["affected_by_lineage"] = [
                    {"name": each.node.name.name, "kind": str(each.node.kind), "jobs_between": each.distance,
                     "columns": list(each.columns), "any_column": each.any_column}
                    for each in impact_of(graph, name, column).affected[:MAX_LISTED]
                ]  # fmt: skip
            except HeadgateError:
                told["not_known"] = ["lineage: it cannot be read, or does not know the dataset"]
        consumers = [say.each({"name": each.name, "contact": each.contact}) for each in readers]
        plain: dict[str, Any] = cleaned(told)
        return plain | {"stated_by_contract_author": {"consumers": consumers}}

    def _find(self, name: str) -> Dataset:
        """Return the dataset of a name, which may be the name as an agent was told it."""
        known = self._contracts.now().datasets
        found = [each for each in known if name in names_of(each)]
        found = found or [each for each in known if name in map(name_told, names_of(each))]
        if len(found) == 1:
            return found[0]
        choices = [name_told(full_name(each)) for each in found]
        if len(set(choices)) < len(choices):
            raise NotFoundError(f"'{name_told(name)}' is in two contracts that have the same id; ask the owner")
        if found:
            raise NotFoundError(
                f"'{name_told(name)}' is a dataset of several contracts; choose one of {', '.join(choices[:20])}"
            )
        hint = did_you_mean(name, [name_told(each.name) for each in known])
        raise NotFoundError(f"no contract has a dataset '{name_told(name)}'{hint}")

    def _ask(self, about: Dataset, consumer: str) -> Fitness:
        consumer = _named(about, "consumer", consumer, [each.name for each in about.consumers])
        try:
            return status(
                about, server=self._server, consumer=consumer, contracts=self._contracts.now(), recorded=self._recorded
            )
        except HeadgateError as error:
            unread = Evidence(unreadable=(Unreadable("where the data is cannot be told", str(error)),))
            return fitness(about, unread, Clock(datetime.now(UTC)), consumer)

    def _told(self, about: Dataset, found: Fitness) -> dict[str, Any]:
        """Return an answer without errors in full, values of the data, and with the author's words apart."""
        told = found.to_dict()
        for name in ("owner", "support"):
            del told[name]
        lacking = [] if self._recorded else ["checks, and runs that were held back: no history is configured"]
        for reason in told["reasons"]:
            detail = reason.pop("detail", None)
            if reason["kind"] == "released":
                reason["text"] = "rows that break a rule were released by a person"
            elif reason["kind"] == "unreadable":
                lacking.append(reason["text"])
            if detail:
                reason["text"] += " (headgate status says why)"
        for level in told["levels"]:
            if (level["observed"] or {}).get("unit") == "moment":
                level["observed"] = None
        told["contract"]["version"] = version_told(told["contract"]["version"])
        if told["served"]:
            told["served"]["contract_version"] = version_told(told["served"]["contract_version"])
        words = author(about)
        stated = {name: words[name] for name in ("owner", "support") if name in words}
        plain: dict[str, Any] = cleaned(told | {"not_known": lacking})
        return plain | {"stated_by_contract_author": stated}


def _named(about: Dataset, kind: str, name: str, known: list[str]) -> str:
    """Return which of the known names one is, which may be as an agent was told it; "" for ""."""
    if not name or name in known:
        return name
    for each in known:
        if name_told(each) == name:
            return each
    raise NotFoundError(
        f"{name_told(about.name)} has no {kind} of that name{did_you_mean(name, map(name_told, known))}"
    )


def _downstream(known: Catalogue, about: Dataset) -> list[Dataset]:
    """Return the datasets that consumers make of one, directly or not, as contracts say."""
    found: dict[str, Dataset] = {}
    waiting = [about]
    while waiting:
        made = {each.dataset for each in waiting.pop().consumers if each.dataset}
        for other in known.datasets:
            if made & names_of(other) and full_name(other) not in found and other is not about:
                found[full_name(other)] = other
                waiting.append(other)
    return list(found.values())


_ADVICE = {
    "unreadable": "the data or its records cannot be read now: try again, then ask the owner",
    "never_recorded": "nothing is known of this data: ask the owner before using it",
    "not_measured": "it could not be measured: do not take it as good; ask the owner",
    "late": "it is older than promised: use it only if your task allows old data, and say how old it is",
    "broken": "rows break the contract: do not use it; ask the owner",
    "level": "a service level is broken: see whether it matters for your task",
    "held_back": "newer data was held back; what is served is the last good version: say how old it is",
    "quarantine": "some rows wait in quarantine and are missing: totals may be too low",
    "released": "a person released rows that break a rule: see which",
    "warning": "a rule that only warns failed: see which",
    "upstream": "a dataset that this is made from is in trouble: it may be incomplete soon",
    "draft": "the contract is a draft: nothing is promised yet",
}


def _advice(found: Fitness) -> list[str]:
    return [_ADVICE[kind] for kind in dict.fromkeys(reason.kind for reason in found.reasons)]
