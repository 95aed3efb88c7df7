"""`sql` rules: an untrusted query, admitted only if it is one SELECT over datasets of the contract.

The text is parsed in the dialect of the contract's server and never run as it stands: what is run is the parsed tree,
in which each table is replaced by the relation under check, or by that of the dataset which it names. A node or
function that is not known to be harmless is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError, TokenError

from headgate.plural import counted
from headgate.sql.clock import with_one_clock
from headgate.sql.names import REFERENCE
from headgate.suggest import did_you_mean

MAX_LENGTH = 20_000
MAX_NODES = 2_000

# What a query may name in braces, and what it stands for. The standard has {object} and {property}.
_PLACEHOLDERS = {
    "object": "object",
    "table": "object",
    "model": "object",
    "dataset": "object",
    "batch": "object",
    "property": "property",
    "column": "property",
    "field": "property",
}
_PLACEHOLDER = re.compile(r"\$?\{\s*([A-Za-z_][A-Za-z0-9_.]*)\s*\}")

_REFUSED_NODES = (
    exp.DDL, exp.DML, exp.Command, exp.Into, exp.Lock, exp.Parameter, exp.Placeholder, exp.SessionParameter, exp.Pragma,
    exp.Set, exp.SetItem, exp.Use, exp.Attach, exp.Detach, exp.Copy, exp.Kill, exp.Describe, exp.Show, exp.Analyze,
    exp.ReadCSV, exp.ReadParquet, exp.JSONTable, exp.XMLTable, exp.OpenJSON, exp.Pivot, exp.Transaction, exp.Commit,
    exp.Rollback, exp.Summarize, exp.Cache, exp.LoadData, exp.Export, exp.Directory, exp.TableSample, exp.Hint,
    exp.PropertyEQ, exp.Properties, exp.Alter, exp.Drop, exp.TruncateTable, exp.Grant,
)  # fmt: skip
# Parts of a table that would be lost, and with them what the query means.
_REFUSED_PARTS = ("version", "when", "changes", "pattern", "partition", "rows_from", "sample", "ordinality", "pivots")
_CLASS = re.compile(r"<class '(?:\w+\.)*(\w+)'>")
_WORD = re.compile(r"[A-Za-z0-9_]+\Z")
_FOLD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
# Functions that sqlglot has no class for, and which neither read, write, wait nor know of the session.
_ALLOWED_FUNCTIONS = frozenset(
    """
    abs acos age array_agg array_contains array_length array_position asin atan atan2 avg bit_and bit_count bit_length
    bit_or bit_xor bool_and bool_or btrim cardinality cbrt ceil ceiling char_length character_length chr coalesce concat
    concat_ws contains corr cos cot count covar_pop covar_samp cume_dist date_add date_bin date_diff date_part date_sub
    date_trunc dateadd datediff datepart datesub day dayname dayofmonth dayofweek dayofyear degrees dense_rank
    ends_with entropy epoch epoch_ms epoch_ns epoch_us every exp favg filter first_value floor fmod fsum gcd greatest
    histogram hour ifnull iif isfinite isinf isnan isodow isoyear jaccard jaro_similarity jaro_winkler_similarity
    json_array_length json_contains json_exists json_extract json_extract_path json_extract_path_text
    json_extract_string json_keys json_type json_valid kurtosis lag last_day last_value lcm lead least left len length
    levenshtein list_aggregate list_any_value list_avg list_contains list_count list_distinct list_extract list_filter
    list_has_all list_has_any list_max list_min list_position list_sort list_sum list_transform list_unique ln log log10
    log2 lower lpad ltrim mad make_date make_time make_timestamp map_contains map_extract map_keys map_values max md5
    median min minute mod mode month monthname nth_value ntile nullif nvl octet_length percent_rank percentile_cont
    percentile_disc pi position pow power product quantile quantile_cont quantile_disc quarter radians rank
    regexp_count regexp_extract regexp_full_match regexp_instr regexp_like regexp_matches regexp_replace regexp_substr
    regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope replace reverse right round row_number rpad rtrim
    second sem sha256 sign signbit sin skewness split_part sqrt starts_with stddev stddev_pop stddev_samp strftime strip
    strlen strpos strptime struct_extract substr substring sum sumkahan tan to_char to_date to_days to_number
    to_timestamp trim trunc truncate try_cast try_strptime typeof unicode unix_timestamp upper var_pop var_samp variance
    week weekday weekofyear width_bucket year yearweek
    """.split()  # noqa: SIM905
)
# Of those that it has a class for, what reads the session, the clock of the machine, or waits.
_REFUSED_FUNCTIONS = frozenset(
    """
    CurrentUser SessionUser CurrentCatalog CurrentSchema CurrentSchemas CurrentDatabase CurrentRole CurrentAccount
    CurrentVersion Rand Randn Uuid GenerateSeries ExplodingGenerateSeries GenerateDateArray GenerateTimestampArray Range
    Repeat Space Version SessionParameter NextValueFor Sleep Randstr GenerateUUID Format
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Query:
    """An admitted query: its tree, in which tables of the contract stand as REFERENCE tables, and which they are."""

    tree: exp.Query
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is admitted, in the words of a message."""

    it: str = "the query"
    place: str = "a rule's query"
    one: str = "a rule is one SELECT"
    table: str = "a dataset of this contract"


_QUERY = _Subject()
_STATEMENT = _Subject("the query", "a verified statement", "a verified statement is one SELECT")
_CANDIDATE = _Subject("the query", "a candidate", "a candidate is one SELECT", "an input of this candidate")
_CONDITION = _Subject("the condition", "a condition", "give one condition")
_EXPRESSION = _Subject("the expression", "an expression", "give one expression")


def admit_condition(text: str, dialect: str) -> Query:
    """The query `SELECT * FROM data WHERE text`, of the only dataset `data`. Raises ValueError as `admit` does."""
    query = f"SELECT * FROM data WHERE {text}"  # noqa: S608 - admitted node by node, in the next line
    return _admit(query, dialect, {"data": "data"}, "data", None, _CONDITION)


def admit_expression(text: str, dialect: str) -> Query:
    """The query `SELECT (text) FROM data`, of the only dataset `data`. Raises ValueError as `admit` does."""
    query = f"SELECT ({text}) FROM data"  # noqa: S608 - admitted node by node, in the next line
    return _admit(query, dialect, {"data": "data"}, "data", None, _EXPRESSION)


def admit(text: str, dialect: str, names: Mapping[str, str], dataset: str, column: str | None) -> Query:
    """The query that `text` says.

    Args:
        names: how tables may be named, lower case -> the contract's dataset.
        dataset, column: what {object} and {property} stand for.

    Raises:
        ValueError: it is not one SELECT over the contract's datasets, or uses what is refused; says what.
    """
    return _admit(text, dialect, names, dataset, column, _QUERY)


def admit_statement(text: str, dialect: str, names: Mapping[str, str], dataset: str) -> Query:
    """The query that a verified statement has. Arguments and errors as of `admit`."""
    return _admit(text, dialect, names, dataset, None, _STATEMENT)


def admit_candidate(text: str, dialect: str, names: Mapping[str, str]) -> Query:
    """The query of a candidate for a pipeline, over the inputs `names`. Arguments and errors as of `admit`."""
    return _admit(text, dialect, names, next(iter(names.values()), ""), None, _CANDIDATE)


def _admit(
    text: str, dialect: str, names: Mapping[str, str], dataset: str, column: str | None, subject: _Subject
) -> Query:
    if len(text) > MAX_LENGTH:
        raise ValueError(f"{subject.it} is longer than {MAX_LENGTH:,} characters")
    tree = with_one_clock(_parsed(_filled(text, dialect, dataset, column), dialect, subject))
    query = _admitted(tree, {name.lower(): to for name, to in names.items()}, dataset, subject)
    _refuse_rendered(query, subject)
    return query


def _parsed(text: str, dialect: str, subject: _Subject) -> exp.Query:
    """The one SELECT that `text` is."""
    try:
        statements = [s for s in sqlglot.parse(text, dialect=dialect) if s is not None]
    except (SqlglotError, RecursionError) as error:
        raise ValueError(f"{subject.it} cannot be parsed as {dialect}: {_plain(_why_unparsed(error))}") from None
    except Exception as error:  # the parser's own faults, on texts that are no SQL
        raise ValueError(f"{subject.it} cannot be parsed as {dialect}: {_plain(type(error).__name__)}") from None
    if len(statements) != 1:
        raise ValueError(f"{counted(len(statements), 'statement')}; {subject.one}")
    tree = statements[0]
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise ValueError(f"{tree.key.upper()} is refused; {subject.one}")
    return tree


def _why_unparsed(error: SqlglotError | RecursionError) -> str:
    """What the parser says, in words for who wrote the text: the classes of its tree mean nothing to them."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, TokenError):
        return "a quote or a comment in it is not closed"
    errors = error.errors if isinstance(error, ParseError) else []
    said = str(errors[0]["description"]) if errors else type(error).__name__
    if said.startswith("Required keyword"):
        return "something is missing in it"
    return _CLASS.sub(r"\1", said)


def _refuse_rendered(query: Query, subject: _Subject) -> None:
    """What is run is the text that the tree is rendered to: it must read as it was meant, and be admitted as well."""
    try:
        text = query.tree.sql("duckdb", unsupported_level=ErrorLevel.IGNORE)
    except Exception as error:  # a node that has no text in DuckDB's dialect, or too deep a tree
        raise ValueError(f"{subject.it} cannot be said in DuckDB's dialect: {_plain(type(error).__name__)}") from None
    _harmless(text, "duckdb", lambda table: table.db == REFERENCE and table.name in query.reads, subject)


def harmless(text: str, dialect: str, may_read: Callable[[exp.Table], bool], *, candidate: bool = False) -> None:
    """Raises ValueError where `text`, a query that is about to run, is more than one SELECT over tables it may read."""
    _harmless(text, dialect, may_read, _CANDIDATE if candidate else _QUERY)


def _harmless(text: str, dialect: str, may_read: Callable[[exp.Table], bool], subject: _Subject) -> None:
    for node in _parsed(text, dialect, subject).walk():
        _refuse(node, subject)
        if isinstance(node, exp.Table) and not (may_read(node) or _is_cte(node)):
            raise ValueError(f"'{_plain(node.name)}' is not {subject.table}")


def _is_cte(table: exp.Table) -> bool:
    """Whether a table is the name of a CTE where it stands; in its own definition, or before it, it is not."""
    name = _folded(table.name)
    node: exp.Expr = table
    if table.db:
        return False
    while (parent := node.parent) is not None:
        with_ = parent if isinstance(parent, exp.With) else parent.args.get("with_")
        if with_ is not None and node is not with_:
            for cte in with_.expressions:
                if cte is node:
                    break
                if _folded(cte.alias) == name:
                    return True
        node = parent
    return False


def _folded(name: str) -> str:
    """As DuckDB compares names: only the letters of ASCII have a case."""
    return name.translate(_FOLD)


def _admitted(tree: exp.Query, names: Mapping[str, str], dataset: str, subject: _Subject) -> Query:
    nodes = list(tree.walk())
    if len(nodes) > MAX_NODES:
        raise ValueError(f"{subject.it} has more than {MAX_NODES:,} parts")
    for node in nodes:
        _refuse(node, subject)
        node.comments = None
    reads: dict[str, None] = {}
    for table in list(tree.find_all(exp.Table)):
        written = ".".join(part.name for part in table.parts)
        if _is_cte(table):
            continue
        to = names.get(written.lower())
        if to is None:
            hint = did_you_mean(written.lower(), names, 0.8)  # raw_orders is another table than orders
            raise ValueError(f"'{_plain(written)}' is not {subject.table}{hint}")
        reads[to] = None
        alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name, quoted=True))
        joins = {name: table.args[name] for name in ("joins", "laterals") if table.args.get(name)}
        table.replace(exp.Table(this=exp.to_identifier(to, quoted=True),
                                db=exp.to_identifier(REFERENCE, quoted=True), alias=alias, **joins))  # fmt: skip
    for column in tree.find_all(exp.Column):
        if column.args.get("db"):
            # schema.table.column: the table has its own name here.
            column.set("db", None)
            column.set("catalog", None)
    return Query(tree, tuple(reads) or (dataset,))


def _refuse(node: exp.Expr, subject: _Subject) -> None:
    if isinstance(node, _REFUSED_NODES):
        raise ValueError(f"{node.key.upper()} is refused in {subject.place}")
    if isinstance(node, exp.Table):
        if not isinstance(node.this, exp.Identifier):
            raise ValueError(f"the table function {_plain(node.sql()[:40])} is refused in {subject.place}")
        if strange := [name for name in _REFUSED_PARTS if node.args.get(name)]:
            raise ValueError(f"{strange[0]} of a table is refused in {subject.place}")
    if isinstance(node, exp.With) and node.args.get("recursive"):
        raise ValueError("WITH RECURSIVE is refused: it need not end")
    if isinstance(node, exp.Var) and not _WORD.match(node.name):
        raise ValueError(f"'{_plain(node.name)}' is refused in {subject.place}")  # it is rendered without quotes
    if isinstance(node, exp.Cast) and node.to.this in (exp.DataType.Type.USERDEFINED, exp.DataType.Type.UNKNOWN):
        raise ValueError(f"the type {_plain(node.to.sql()[:40])} is refused in {subject.place}")
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc | exp.CombinedAggFunc):
        if node.name.lower() not in _ALLOWED_FUNCTIONS:
            raise ValueError(f"the function {_plain(node.name)} is not one that {subject.place} may call")
    elif isinstance(node, exp.Pad) and not (node.expression.is_int and node.expression.to_py() <= MAX_LENGTH):
        raise ValueError("a text is padded to a length that is written as a number, and not too long")
    elif type(node).__name__ in _REFUSED_FUNCTIONS:
        raise ValueError(f"the function {node.key} is not one that {subject.place} may call")
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Func):
        raise ValueError(f"a function of a schema is refused in {subject.place}")


def _filled(text: str, dialect: str, dataset: str, column: str | None) -> str:
    def fill(match: re.Match[str]) -> str:
        meaning = _PLACEHOLDERS.get(match[1])
        if meaning is None or (meaning == "property" and column is None):
            known = "{object}" if column is None else "{object}, {property}"
            raise ValueError(f"'{match[0]}' stands for nothing here; known: {known}")
        return exp.Identifier(this=dataset if meaning == "object" else column, quoted=True).sql(dialect)

    return _PLACEHOLDER.sub(fill, text)


def _plain(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", text)[:120]
