"""What a candidate reads: tables of production, or the masked sample of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from headgate.checks import CATALOGUE, Check
from headgate.compare.shadow.found import Input
from headgate.compare.shadow.sample import Link, Sample
from headgate.compare.shadow.settings import Settings
from headgate.contract import Contract, Dataset
from headgate.errors import CallError
from headgate.gate import is_own
from headgate.places import Place, Relation, Session, written_as
from headgate.places.shadow import ShadowSchema


@dataclass(frozen=True, slots=True)
class Source:
    """A table of production that a candidate reads; `dataset` is what a contract says about it, if one does."""

    place: Place
    dataset: Dataset | None = None

    @property
    def classified(self) -> frozenset[str]:
        """The columns whose values must not be shown."""
        return classified(self.dataset)


def source_of(name: str, place: Place, contract: Contract) -> Source:
    """Return an input: what the contract says about it is that of the dataset whose data it is, whatever the candidate
    calls it, else that of the dataset of its name."""
    owned = next((dataset for dataset in contract if is_own(dataset, place)), None)
    return Source(place, owned or contract.datasets.get(name))


def classified(dataset: Dataset | None) -> frozenset[str]:
    """Return the columns of a dataset whose values, or parts of them, must not be shown."""
    return frozenset(p.column for p in dataset.properties if p.hides) if dataset else frozenset()


def masked_of_output(dataset: Dataset | None, settings: Settings) -> frozenset[str]:
    """Return the columns of an output that are masked on both sides: those that its contract classifies, and those that
    are called as a column of an input that was to be masked."""
    if not settings.masking:
        return frozenset()
    return classified(dataset) | {each.rpartition(".")[2] for each in settings.hide}


def links_of(sources: Mapping[str, Source], outputs: Iterable[Dataset] = ()) -> Iterator[Link]:
    """Yield the foreign keys of one column that the contracts of inputs and outputs promise, which lead to an input."""
    by_dataset = {source.dataset.name: name for name, source in sources.items() if source.dataset}
    datasets = [(name, source.dataset) for name, source in sources.items() if source.dataset]
    for name, dataset in [*((each.name, each) for each in outputs), *datasets]:
        for check in dataset.rules:
            if isinstance(check, Check) and _is_reference(check) and len(check.columns) == 1:
                to = by_dataset.get(str(check.args["to"]).rpartition("#")[2])
                if to is not None and to != name:
                    yield Link(name, check.columns[0], to, check.args["to_columns"][0])


def _is_reference(check: Check) -> bool:
    return CATALOGUE[check.type].guaranteed_by == "foreign"


def with_links(settings: Settings, sources: Mapping[str, Source], outputs: Iterable[Dataset] = ()) -> Settings:
    """Return the settings whose sample follows the foreign keys of the contracts besides those that were named."""
    if settings.sample is None:
        return settings
    links = dict.fromkeys((*settings.sample.links, *links_of(sources, outputs)))
    return replace(settings, sample=replace(settings.sample, links=tuple(links)))


def read_inputs(session: Session, sources: Mapping[str, Source]) -> dict[str, Relation]:
    """Return the inputs as relations of a session. Raises CallError if one is missing."""
    found = {}
    for name, source in sources.items():
        place = written_as(source.place, source.dataset.settings) if source.dataset else source.place
        found[name] = session.read(place)
    return found


def selected(
    relations: Mapping[str, Relation], sources: Mapping[str, Source], settings: Settings, dialect: str
) -> Iterator[tuple[Input, exp.Select]]:
    """Yield each input with the query of what the candidate reads of it.

    Raises:
        CallError: a column that is to be masked is missing, or the sample cannot be taken.
    """
    _ensure_hidden(relations, settings.hide)
    kept = settings.sample.conditions(relations, dialect) if settings.sample else {}
    for name, relation in relations.items():
        named = {each.rpartition(".")[2] for each in settings.hide if each.rpartition(".")[0] == name}
        wanted = frozenset(named) | (sources[name].classified if settings.masking else frozenset())
        hidden = wanted & frozenset(relation.by_name)
        query = selection(relation, hidden, settings, dialect)
        rows = "all"
        if settings.sample:
            rows = "sample" if name in kept else "whole"
            query = query.where(kept[name]) if name in kept else query
        yield Input(name, str(sources[name].place), rows, tuple(c for c in relation.by_name if c in hidden)), query


def selection(relation: Relation, hidden: frozenset[str], settings: Settings, dialect: str) -> exp.Select:
    """Return the query of all columns of a relation, those that are `hidden` masked."""
    if not settings.masking:
        return exp.select(*(exp.column(c.name, quoted=True) for c in relation.columns)).from_(relation.as_data)
    columns = settings.masking.columns(relation.columns, hidden, dialect)
    return exp.select(*columns).from_(relation.as_data)


def _ensure_hidden(relations: Mapping[str, Relation], hide: frozenset[str]) -> None:
    for each in hide:
        table, _, column = each.rpartition(".")
        if table not in relations or column not in relations[table].by_name:
            raise CallError(f"mask '{each}': no input has that column; write it as INPUT.COLUMN")


def production_part(
    schema: ShadowSchema, name: str, production: Place, hidden: frozenset[str], settings: Settings, column: str | None
) -> None:
    """Keep, as the table `name`, what production made of the keys of the sample: `column` has the key; None of all."""
    session, dialect = schema.session, schema.session.dialect
    relation = session.read(production)
    query = selection(relation, hidden & frozenset(relation.by_name), settings, dialect)
    if settings.sample and column:
        query = query.where(settings.sample.kept(column, dialect))
    schema.keep(name, query)


def key_of_sample(sample: Sample, output: str, relation: Relation, inputs: Mapping[str, Relation]) -> str | None:
    """Return the column of an output that has the sample's key: by a link of the output to the root, else by its name,
    if that means the key in every input that has it; None if neither tells it."""
    links = {
        (link.table, link.column) for link in sample.links if (link.to, link.to_column) == (sample.root, sample.key)
    }
    if named := [column for table, column in links if table == output and column in relation.by_name]:
        return named[0]
    others = {name for name, each in inputs.items() if name != sample.root and sample.key in each.by_name}
    if sample.key in relation.by_name and all((name, sample.key) in links for name in others):
        return sample.key
    return None
