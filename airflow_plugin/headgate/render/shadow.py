"""A shadow run in words: the lines that the terminal, the pull request and the log share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from headgate.plural import counted, plural
from headgate.render.annotations import annotation, escaped
from headgate.render.escaping import code, plain
from headgate.render.escaping import markdown as escaped_markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from headgate.compare.shadow.found import ColumnChange, Output, ShadowRun

_SIGNS = {"pass": "🟢", "breach": "🔴", "unknown": "🟣"}
_SHOWN = 5
Line = tuple[str, str]


def title(run: ShadowRun) -> str:
    """Return the first line: the verdict, the candidate, and the contract with its commit."""
    about = " at ".join(filter(None, (run.contract, run.commit[:12])))
    return f"{str(run.verdict).upper()}: {run.candidate}{f' · {about}' if about else ''}"


def run_lines(run: ShadowRun) -> Iterator[Line]:
    """Yield what is said about the run as a whole, as pairs of a word and a text."""
    if run.inputs:
        yield "inputs", f"{_inputs(run)}; {run.sample or 'all rows'}, as of {run.at:%Y-%m-%d %H:%M} UTC"
    if masked := [f"{each.name}.{column}" for each in run.inputs for column in each.masked]:
        yield "masked", ", ".join(masked)
    judged = [output for output in run.outputs if output.reconciled and not output.reconciled.lost]
    if run.inputs or judged:
        lost = [f"{o.name}: {o.why or 'it is new'}" for o in run.outputs if o not in judged]
        said = f"{len(judged)} of {counted(len(run.outputs) + len(run.skipped), 'output')} compared"
        yield "coverage", "; ".join((said, *lost, *run.skipped))
    if run.failed:
        yield "failed", "; ".join(run.failed)


def _inputs(run: ShadowRun) -> str:
    return ", ".join(f"{each.name}{' (whole)' if each.rows == 'whole' else ''}" for each in run.inputs)


def output_lines(output: Output) -> Iterator[Line]:
    """Yield what is said about an output."""
    if output.schema:
        yield "columns", "; ".join(output.schema)
    found = output.reconciled
    if found is not None and not found.lost:
        by = f" by {', '.join(output.key)}" if output.key else ""
        equal = found.compared - found.differing
        allowed = f", {output.allowed} may differ" if output.allowed else ""
        counts = (
            f"{equal:,} equal, {found.changed:,} changed, {found.only_own:,} only before, {found.only_other:,} only "
        )
        sizes = f"{found.rows[0]:,} before, {found.rows[1]:,} after"
        yield f"{found.unit}{by}", f"{counts}after ({sizes}{allowed}){f'; {found.empty}' if found.empty else ''}"
    for change in output.columns:
        yield change.column, _change(change, output)
    if drift := output.drift:
        before, after = drift.rows
        rows = f"{before:,} rows before, {after:,} after"
        yield "drift", f"{drift.column} moved most: PSI {drift.psi:.3g}, chance gives {drift.noise:.3g} ({rows})"
    if found is not None and found.differing:
        general = [p.words for p in output.patterns if not p.columns or p.columns[0] not in found.columns]
        if general or not output.patterns:
            yield "pattern", "; ".join(general) or "no pattern"
    for result in output.broken[:_SHOWN]:
        yield (
            f"breaks ({result.severity})",
            f"{result.statement}: {result.observed}, {output.contract_file}:{result.line}",
        )
    if len(output.broken) > _SHOWN:
        yield "breaks", f"and {len(output.broken) - _SHOWN} more"
    if output.unjudged:
        yield "not judged", "; ".join(output.unjudged[:_SHOWN])
    if output.left_out:
        yield "not compared", ", ".join(output.left_out)
    if output.remarks:
        yield "note", "; ".join(output.remarks)
    if output.readers:
        yield "read by", ", ".join(output.readers)


def _change(change: ColumnChange, output: Output) -> str:
    found = output.reconciled
    of = found.compared if found else 0
    share = f" ({100 * change.changed / of:.3g}%)" if of else ""
    unit = plural(found.unit.rstrip("s") if found else "row", change.changed)
    said = [f"{change.changed:,} {unit} changed{share}"]
    if change.pattern:
        said.append(change.pattern)
    elif change.ratio is not None:
        said.append(f"median of after / before {change.ratio:.6g}")
    if change.sums:
        said.append(f"sum {change.sums[0]} before, {change.sums[1]} after")
    if change.nulls != (0, 0):
        said.append(f"NULL {change.nulls[0]:,} before, {change.nulls[1]:,} after")
    for word, number, values in (("lost", change.lost, "lost"), ("new", change.new, "new")):
        if number:
            named = f": {', '.join(change.values[values])}" if change.values.get(values) else ""
            said.append(f"{counted(number, 'value')} {word}{named}")
    return "; ".join(said)


def text(run: ShadowRun) -> str:
    """Return the run for a terminal."""
    return "\n".join(map(plain, _text(run)))


def _text(run: ShadowRun) -> list[str]:
    lines = [title(run), *(f"  {name}: {said}" for name, said in run_lines(run))]
    for output in run.outputs:
        lines += ["", f"{output.name} ({output.place}): {output.verdict}"]
        lines += [f"  {output.why}"] if output.why else []
        lines += [f"  {name}: {said}" for name, said in output_lines(output)]
    return [*lines, "", f"again: {run.command}"] if run.command else lines


def markdown(run: ShadowRun) -> str:
    """Return the comment of a pull request: about fifteen lines for each output."""
    lines = [f"## {_SIGNS[run.verdict]} Shadow {escaped_markdown(title(run))}", ""]
    lines += [f"- **{escaped_markdown(name)}** {code(said)}" for name, said in run_lines(run)]
    for output in run.outputs:
        lines += ["", f"### {_SIGNS[output.verdict]} {code(output.name)} {output.verdict}", ""]
        lines += [f"- {code(output.why)}"] if output.why else []
        lines += [f"- **{escaped_markdown(name)}** {code(said)}" for name, said in output_lines(output)]
    return "\n".join([*lines, "", f"Again: {code(run.command)}"] if run.command else lines)


def github(run: ShadowRun) -> str:
    """Return annotations: one of each promise that breaks, one of each output that differs or is unknown."""
    return "\n".join([*_annotations(run), escaped(f"shadow {title(run)}")])


def _annotations(run: ShadowRun) -> Iterator[str]:
    kinds: dict[str, Callable[[Output], str]] = {"breach": _difference, "unknown": lambda output: output.why}
    for said in run.failed:
        yield annotation("error", said, file=run.candidate, line=0, title=f"{run.candidate}: shadow")
    for output in run.outputs:
        for result in output.broken:
            said = f"the candidate breaks it: {result.statement}: {result.observed}"
            kind = "error" if result.severity == "error" else "warning"
            name = f"{output.name}: {result.key}"
            yield annotation(kind, said, file=output.contract_file, line=result.line, title=name)
        said = kinds[output.verdict](output) if str(output.verdict) in kinds else ""
        if said:
            yield annotation(
                "error", said, file=output.contract_file or output.name, line=0, title=f"{output.name}: shadow"
            )


def _difference(output: Output) -> str:
    return "; ".join(f"{name}: {said}" for name, said in output_lines(output) if not name.startswith("breaks"))
