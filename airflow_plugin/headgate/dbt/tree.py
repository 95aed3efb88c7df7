"""The SQL of a check type as a tree of templates, before columns and arguments of a check are known.

The catalogue renders the SQL with slots for columns and arguments. If the SQL depends on an argument's value, it is
rendered for each case, and the template is a tree of tests. A list is rendered with two members; what is repeated then
becomes a loop. A template is compared with the SQL for one and for three members: it must equal the catalogue's, or the
type has no template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import partial

from sqlglot import exp

from headgate.checks import CATALOGUE, REFERENCE, SELF, Check, CheckType
from headgate.checks.argument import COLUMNS, PATTERNS, VALUES
from headgate.checks.catalogue import aggregate, own_count, query, selecting, unexpected
from headgate.dbt.cases import Case, Step, nulls_of, one_of, steps
from headgate.dbt.slots import MARK, names, slot
from headgate.dbt.template import NotSayableError, Parts, expanded, jinja, with_loops
from headgate.places.postgres.render import POSTGRES, is_absent
from headgate.sql.vocabulary import Dialect, UnsupportedError

# How each dialect says an expression of the catalogue: alike where it can, so that one macro does for both.
DIALECTS: Mapping[str, Callable[[exp.Expr], str]] = {
    dialect.name: dialect.render for dialect in (Dialect("duckdb", "DuckDB", rewrites={exp.Is: is_absent}), POSTGRES)
}
# SQL with Jinja in it, or (test, tree) in order, of which the last has no test.
Tree = str | tuple[tuple[str, "Tree"], ...]
# A piece of SQL with Jinja in it, which nothing is put into.
_TOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\w+|\s+|.", re.DOTALL)
# What is said of a check, and how in one dialect.
Form = Callable[[Check], exp.Expr]
Rendered = Callable[[Check], str]
# What the catalogue's functions raise where they must know a value.
_UNKNOWN = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, UnsupportedError)


def tree(kind: CheckType, dialect: str, form: Form) -> Tree:
    """Return the SQL in `dialect` of what checks of type `kind` are measured by: `condition`, for types that have one,
    or `number`. Raises NotSayableError."""
    if kind.arguments is None or kind.evaluator != "sql":
        raise NotSayableError(kind.name)
    todo = [step for argument in kind.arguments for step in steps(argument)]
    said = _tree(kind, partial(_rendered, dialect=dialect, form=form), todo, {})
    assert said is not None, kind.name
    return said


def condition(check: Check) -> exp.Expr:
    """Return the condition under which a row is unexpected."""
    return selecting(unexpected(check))


def number(check: Check) -> exp.Expr:
    """Return the number that `check` compares, where it is not that of the rows for which its condition is true."""
    kind = CATALOGUE[check.type]
    if kind.count is not None:
        return own_count(check, exp.Table(this=slot("data"))).subquery()
    if kind.query is not None:
        return query(check).subquery()
    counted = aggregate(check)
    if not isinstance(counted, exp.Count):  # a sum or a mean may be no whole number, as dbt compares them
        raise NotSayableError(check.type)
    return counted


def _tree(kind: CheckType, rendered: Rendered, todo: Sequence[Step], chosen: dict[str, Case]) -> Tree | None:
    """Return the tree; None for a combination of arguments that no check has."""
    if not todo:
        absent = [chosen[name].absent for name in one_of(kind)]
        return None if absent and all(absent) else _leaf(kind, rendered, chosen)
    step, *others = todo
    try:
        said = [(case.test, _tree(kind, rendered, others, {**chosen, step.name: case})) for case in step.cases]
    except NotSayableError:
        if step.otherwise is None:
            raise
        return _tree(kind, rendered, [step.otherwise, *others], chosen)
    branches = [(test, branch) for test, branch in said if branch is not None]
    return _merged(branches, step) if branches else None


def _merged(branches: Sequence[tuple[str, Tree]], step: Step) -> Tree:
    """Return the branches as one text with tests in it, if they are a text with insertions; else one after the other,
    that of an argument which is not given last and without a test."""
    tests: dict[Tree, list[str]] = {}
    for test, branch in branches:
        tests.setdefault(branch, []).append(test)
    if len(tests) > 1 and (text := _with_insertions(tests, step)) is not None:
        return text
    *some, (last, _) = sorted(tests.items(), key=lambda item: step.default in item[1])
    return (*((step.either(said), branch) for branch, said in some), ("", last)) if some else last


def _with_insertions(tests: Mapping[Tree, list[str]], step: Step) -> str | None:
    """Return the shortest of the texts, with the additions of the others under their tests; None if they differ in any
    other way."""
    texts = [_TOKEN.findall(text) for text in tests if isinstance(text, str)]
    if len(texts) < len(tests):
        return None
    shortest = min(texts, key=len)
    inserted: dict[int, dict[str, list[str]]] = {}
    for text, said in zip(texts, tests.values(), strict=True):
        for change, at, end, start, stop in SequenceMatcher(None, shortest, text, autojunk=False).get_opcodes():
            more = "".join(text[start:stop])
            if change not in ("equal", "insert") or end - at != (0 if change == "insert" else stop - start):
                return None
            if change == "insert" and not _is_whole(text[start:stop]):
                return None
            if change == "insert":
                inserted.setdefault(at, {}).setdefault(more, []).extend(said)
    pieces = []
    for position in range(len(shortest) + 1):
        for more, said in inserted.get(position, {}).items():
            pieces.append(f"{{% if {step.either(said)} %}}{more}{{% endif %}}")
        pieces += shortest[position : position + 1]
    return "".join(pieces)


def _is_whole(tokens: list[str]) -> bool:
    """Return whether each Jinja statement that begins in it ends in it."""
    depth = 0
    for token in tokens:
        depth += token.startswith(("{% if ", "{% for ")) - token.startswith("{% end")
        if depth < 0:
            return False
    return depth == 0


def _leaf(kind: CheckType, rendered: Rendered, chosen: Mapping[str, Case]) -> Tree:
    """Return the SQL when every argument is known: it may still depend on the number of columns."""
    arguments = {argument.name: argument for argument in kind.arguments or ()}

    def said(columns: int, members: int) -> str:
        """Return the SQL of a check with that many columns, whose lists of values have that many members."""
        counts = {a.name: columns if a.form == COLUMNS else members for a in arguments.values()}
        args = {name: value for name in arguments if (value := chosen[name].of(counts[name])) is not None}
        for name in args:
            if nulls_of(name) in chosen:
                args[name] = (*chosen[nulls_of(name)].of(1), *args[name])
        return rendered(Check(kind.name, kind.name, names("columns", columns), args=args))

    def template(columns: int) -> Parts:
        parts: Parts = (said(columns, 2),)
        for together in lists if columns > 1 else lists[1:]:
            parts = with_loops(parts, together)
        return parts

    def holds(parts: Parts, columns: int) -> bool:
        return all(expanded(parts, columns, members) == said(columns, members) for members in (fewest, 3))

    fewest = max((case.members for case in chosen.values()), default=1)
    lists = [frozenset({"columns", *(a.name for a in arguments.values() if a.form == COLUMNS)})]
    lists += [frozenset({a.name}) for a in arguments.values() if a.form in (VALUES, PATTERNS)]
    takes = [n for n in (0, 1, 2, 3) if _works(said, n)]
    # A type that looks at the first column alone would be rendered with any number of them.
    if not takes:
        raise NotSayableError(kind.name)
    most = next((n for n in reversed(takes) if n and f":{n - 1}{MARK}" in said(n, 1)), takes[0])
    if most < 3:
        if not holds(template(most), most):
            raise NotSayableError(kind.name)
        return jinja(template(most), arguments)
    several, one = template(2), template(1)
    if not (holds(several, 3) and holds(one, 1)):
        raise NotSayableError(kind.name)
    if holds(several, 1):
        return jinja(several, arguments)
    cases = [Case("check.columns | length == 1", lambda n: 1), Case("check.columns | length > 1", lambda n: 2)]
    said_of = [jinja(one, arguments), jinja(several, arguments)]
    return _merged([(case.test, text) for case, text in zip(cases, said_of, strict=True)], Step("columns", cases))


def _works(said: Callable[[int, int], str], columns: int) -> bool:
    try:
        said(columns, 1)
    except _UNKNOWN:
        return False
    return True


def _rendered(check: Check, dialect: str, form: Form) -> str:
    made = form(check)
    for table in list(made.find_all(exp.Table)):
        if table.db == REFERENCE:
            name = "data" if table.name == SELF else "reference"
            alias = table.args.get("alias") if name == "reference" else None
            table.replace(exp.Table(this=slot(name), alias=alias))
    return DIALECTS[dialect](made)
