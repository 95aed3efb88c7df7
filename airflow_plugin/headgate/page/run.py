"""One run of a dataset: what was found, what was done, and what is other than in the run before."""

from __future__ import annotations

from dataclasses import dataclass

from headgate.history import read, survey
from headgate.history.dags import TaskRun, dag_of, task_run_of
from headgate.history.views import DatasetName, RuleTrend, RunDetail, RunLine
from headgate.page.ask import Ask, NotShownError
from headgate.page.document import document
from headgate.page.level import Level, levels_of
from headgate.page.overview import seen
from headgate.plural import agreeing, counted

_ORDER = ("failed", "errored", "not_executed", "passed")


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with its results, those that need somebody first; `before` is the run of its kind before it. `values` says
    whether numbers that were measured may be shown; `contract` is the dataset as a command takes it."""

    about: DatasetName
    detail: RunDetail
    before: RunDetail | None
    task: TaskRun | None
    values: bool
    contract: str

    @property
    def run(self) -> RunLine:
        return self.detail.run

    @property
    def results(self) -> list[RuleTrend]:
        def rank(each: RuleTrend) -> tuple[int, bool, str]:
            point = each.points[0]
            return _ORDER.index(point.status), point.severity != "error", each.key

        # A service level has a result of its own.
        levels = {level["key"] for level in self.detail.levels}
        found = [e for e in self.detail.results if e.key not in levels or e.points[0].status != "not_executed"]
        return sorted(found, key=rank)

    @property
    def levels(self) -> list[Level]:
        """Its service levels, those that need somebody first."""
        return levels_of(self.detail.levels, values=self.values)

    @property
    def done(self) -> str:
        """What was done with the data, in a sentence."""
        run = self.run
        rows = counted(run.rows_published or 0, "row")
        aside = counted(run.rows_quarantined or 0, "row")
        match run.outcome:
            case None:
                return f"{counted(run.rows, 'row')} were checked; nothing was changed."
            case "published":
                return f"{rows} were published."
            case "published_partly":
                were = agreeing(run.rows_quarantined or 0, "was", "were")
                return f"{rows} were published, {aside} {were} quarantined."
            case "kept_last_good":
                return "Nothing was published: the last good version stays."
        return "Nothing was published: readers keep what they had."

    @property
    def change(self) -> str:
        """What is other than in the run before, in a line; empty of a first run."""
        if self.before is None:
            return ""
        was = {each.key: each.points[0].status for each in self.before.results}
        now = {each.key: each.points[0].status for each in self.detail.results}
        broke = [key for key, status in now.items() if status == "failed" and was.get(key) != "failed"]
        held = [key for key, status in was.items() if status == "failed" and now.get(key) == "passed"]
        label = {each.key: each.label for each in (*self.before.results, *self.detail.results)}
        said = [f"broken since then: {_some([label[key] for key in broke])}"] * bool(broke)
        said += [f"holds again: {_some([label[key] for key in held])}"] * bool(held)
        rows = self.run.rows - self.before.run.rows
        said += [f"{abs(rows):,} {'more' if rows > 0 else 'fewer'} rows"] * bool(rows)
        if self.before.run.version != self.run.version:
            said.append(f"contract {self.before.run.version} → {self.run.version}")
        return "; ".join(said) or "the same"

    @property
    def why(self) -> str:
        """Why it was not done what the policy says, where that can be told; else empty."""
        first = self.run.policy.split(" ", 1)[0].strip("[],")
        if first == "quarantine" and self.run.outcome in ("halted", "kept_last_good") and self.run.verdict == "breach":
            return (
                "More rows are bad than may be quarantined (maxQuarantinePercent), none would be left, or what is "
                "broken is not about single rows."
            )
        return ""

    @property
    def command(self) -> str:
        """The command that checks what readers have."""
        return f"headgate check {self.contract} --explain"


def run(ask: Ask, id: str) -> str:  # noqa: A002
    """Return a run, by its number."""
    found = survey.run_by_id(ask.store, int(id)) if id.isdecimal() and len(id) < 16 else None
    if found is None:
        raise NotShownError("this run was not found")
    return document(ask, "run.html", views=[view_of(ask, *found)], title="Run")


def view_of(ask: Ask, dataset_id: int, line: RunLine) -> RunView:
    """Return what there is to see of a run. Raises NotShownError."""
    seen(ask, dataset_id)
    task = task_run_of(line.run_key)
    if not ask.scope.sees(task.dag_id if task else None):
        raise NotShownError("this run was not found")
    detail = read.run(ask.store, dataset_id, line.run_key, line.kind)
    if detail is None:
        raise NotShownError("this run was not found")
    before_it = survey.runs_before(ask.store, dataset_id, line)
    earlier = next((each for each in before_it if ask.scope.sees(dag_of(each.run_key))), None)
    before = read.run(ask.store, dataset_id, earlier.run_key, earlier.kind) if earlier else None
    about = survey.names(ask.store, [dataset_id])[dataset_id]
    file = ask.command_for(about.contract, about.dataset)
    return RunView(about, detail, before, task, ask.scope.values(task.dag_id if task else None), file)


def _some(keys: list[str]) -> str:
    return ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
