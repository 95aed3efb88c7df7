{#-
    Rows that are those of another model or source, each as often; NULL equals NULL. The rows of the result are those
    that differ, and which side they are on.

    to          ref() or source()
    key         columns by which rows are paired, so that a row with other values is one change; it need not be unique
    columns     what is compared, as columns, SQL expressions, or {here: there}; by default all columns of both sides
    except      columns that are not compared
    tolerance   {absolute, relative, columns: {name: {absolute, relative}}, rows: how many may differ}; with a key
    other_where a condition on the rows of the other side; of this side it is dbt's `where`
-#}
{% test equals(model, to, key=[], columns=none, except=[], tolerance={}, other_where='') %}
    {%- set test = 'equals' -%}
    {%- set keys, left_out = headgate.pairs_of(test, 'key', key), [except] if except is string else except -%}
    {%- set apart = headgate.tolerances(test, tolerance, 'rows') -%}
    {%- if not keys and (tolerance.keys() | reject('eq', 'rows') | list) -%}
        {{ exceptions.raise_compiler_error("headgate." ~ test ~ ": a tolerance of values needs a key, by which rows are paired") }}
    {%- endif -%}
    {%- if execute and flags.WHICH in ('build', 'test') -%}
        {%- set found = headgate.columns_to_compare(model, to, keys, left_out) -%}
        {%- if columns is not none -%}
            {%- set names = left_out + keys | map(attribute='own') | list -%}
            {%- set named = headgate.pairs_of(test, 'columns', columns) | rejectattr('own', 'in', names) | list -%}
            {%- set found = {'pairs': named, 'alone': ''} -%}
        {%- endif -%}
        {%- set keyed = headgate.matched(test, keys, model, to, 'k') -%}
        {%- set values = headgate.matched(test, found.pairs, model, to, 'c') -%}
        {%- if not keyed + values -%}
            {{ exceptions.raise_compiler_error("headgate." ~ test ~ ": no column is left to compare") }}
        {%- endif -%}
        {{- headgate.differing_rows(model, to, keyed, values, apart, other_where, found.alone) -}}
    {%- else -%}
        {{- headgate.unmeasured() -}}
    {%- endif -%}
{% endtest %}
