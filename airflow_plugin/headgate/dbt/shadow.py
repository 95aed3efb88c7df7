"""A selection of a dbt project as a candidate: built in a shadow from production's parents, and compared with what
production's own models have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from headgate.compare.shadow.compared import Pairing, compare_output, consumers_of
from headgate.compare.shadow.found import Output, ShadowRun
from headgate.compare.shadow.inputs import Source, key_of_sample, masked_of_output, with_links
from headgate.compare.shadow.promises import judged
from headgate.compare.shadow.settings import Settings
from headgate.contract import Contract, Dataset
from headgate.dbt.shadow_homes import DbtHome, home_beside
from headgate.dbt.shadow_nodes import Built, Parent, built_nodes, ensure_inside, parents_of, table_of
from headgate.dbt.shadow_process import BuildResult, Dbt, copied_project, named_variables, write_profile
from headgate.dbt.target import document, reading
from headgate.errors import HeadgateError, TransientError
from headgate.places import Place, Relation

# The variable of the environment with the URL of PostgreSQL's role that only reads.
LOGIN = "HEADGATE_SHADOW_LOGIN"
DEFAULT_SELECT = ("state:modified+",)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of which project is built.

    Attributes:
        project: the folder of dbt_project.yml; it is copied, and nothing is written into it.
        select, exclude: what is built, in dbt's syntax.
        state: the folder with production's manifest.json.
        dbt: the command.
        vars: dbt's variables, as YAML.
        variables: names of variables of the environment that the project needs; no others reach it.
        login: of PostgreSQL, the URL of a role that only reads; None: one is made.
    """

    project: Path
    select: tuple[str, ...]
    state: Path
    exclude: tuple[str, ...] = ()
    dbt: str = "dbt"
    vars: str = ""
    variables: tuple[str, ...] = ()
    login: str | None = None

    def __str__(self) -> str:
        return f"dbt {' '.join(self.select)} of {self.project.resolve().name}"


def run_selection(
    selection: Selection, production: Place, contracts: Iterable[Contract], settings: Settings
) -> ShadowRun:
    """Build a selection in a shadow, compare each model with production's, and drop the shadow.

    Args:
        production: a table of production's database.
        contracts: what is promised about models and what they read, by the names of their tables.

    Raises:
        CallError: the project cannot be read; dbt would build outside of the shadow; the role could write something.
        TransientError: the database could not be reached now.
    """
    contracts = tuple(contracts)
    datasets = {dataset.physical_name.rpartition(".")[2]: dataset for one in contracts for dataset in one}
    state_folder = selection.state.resolve()
    state = document(state_folder / "manifest.json", "dbt build, in production,")
    with home_beside(production, settings, selection.login) as home, reading(state_folder):
        dbt = _dbt(selection, home, state_folder)
        built, skipped = built_nodes(dbt.selected(), manifest := dbt.manifest(), state)
        ensure_inside(built, home.inside, home.name)
        sources = _sources(parents_of(built, manifest, state), home, datasets)
        made = [datasets[each.table] for each in built if each.table in datasets]
        settings = with_links(settings, {name: source for name, (_, source) in sources.items()}, made)
        inputs = home.prepare(built, sources)
        result = dbt.build()
        home.finish(built)
        outputs = tuple(_output(each, result, home, datasets.get(each.table), settings) for each in built)
    first = contracts[0] if contracts else None
    return ShadowRun(
        str(selection),
        outputs,
        settings.now,
        inputs=inputs,
        sample=str(settings.sample or ""),
        skipped=skipped,
        failed=result.failed({each.id for each in built}),
        contract=f"{first.id} {first.version}" if first else "",
        commit=(first.git_commit or "") if first else "",
        command=settings.command,
    )


def _dbt(selection: Selection, home: DbtHome, state: Path) -> Dbt:
    variables = named_variables(selection.variables)
    project = copied_project(selection.project, home.data / "project")
    write_profile(project, home.folder, home.profile())
    return Dbt(
        home.folder,
        project,
        state,
        selection.select,
        selection.exclude,
        {**variables, **home.environment},
        selection.dbt,
        selection.vars,
    )


def _sources(
    parents: Iterable[Parent], home: DbtHome, datasets: Mapping[str, Dataset]
) -> dict[str, tuple[Parent, Source]]:
    """Return what is read by the name of its node; of two with one name, the second has its schema before it."""
    found: dict[str, tuple[Parent, Source]] = {}
    for parent in parents:
        table = table_of(parent.own)
        name = str(parent.own["name"])
        name = f"{parent.own['schema']}.{name}" if name in found else name
        found[name] = parent, Source(home.place(parent.own), datasets.get(table))
    return found


def _output(built: Built, result: BuildResult, home: DbtHome, dataset: Dataset | None, settings: Settings) -> Output:
    shown = str((built.own or built.raw).get("relation_name") or built.table)
    contract = f"{dataset.contract.id} {dataset.contract.version}" if dataset else ""
    plain = Output(built.name, shown, contract=contract, readers=consumers_of(dataset), remarks=built.remarks)
    if why := result.why_not_built(built.id):
        return replace(plain, why=why)
    made = home.made(built)
    hidden = masked_of_output(dataset, settings)
    if built.own is None:
        new = replace(plain, is_new=True, contract_file=str(dataset.contract.file) if dataset else "")
        return judged(new, dataset, made, settings, hidden)
    try:
        key = None
        if settings.sample:
            with made.connect() as session:
                key = _sample_key(built, session.read(made), settings)
            if key is None:
                return replace(plain, why=_why_no_part(built, settings))
        own = home.own(built, hidden, key)
    except TransientError:
        raise
    except HeadgateError as error:
        return replace(plain, why=str(error))
    by = dataset.primary_key if dataset and dataset.primary_key else built.key
    near = home.place(built.own)
    pairing = Pairing(built.name, shown, own, made, dataset, by, hidden, remarks=built.remarks, near=near)
    return compare_output(pairing, settings)


def _sample_key(built: Built, relation: Relation, settings: Settings) -> str | None:
    assert settings.sample is not None
    return key_of_sample(settings.sample, built.table, relation, {})


def _why_no_part(built: Built, settings: Settings) -> str:
    sample = settings.sample
    assert sample is not None
    return f"it has no column with the sample's key, {sample.root}.{sample.key}: name it by a link of {built.table}"
