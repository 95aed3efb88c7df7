{#-
    Sums by group that agree with those of another model or source. The rows of the result are the groups that differ.

    to          ref() or source()
    by          what makes a group: columns or SQL expressions, or {here: there} where the two sides differ
    sums        what is summed up, likewise
    tolerance   {absolute, relative, columns: {name: {absolute, relative}}, groups: how many may differ}
    settled     only periods are compared that ended as long before the run: P2D, PT6H, '6 hours', or days
    as_of       the time that `settled` is about; by default the first of `by` that is a date or timestamp
    other_where a condition on the rows of the other side; of this side it is dbt's `where`
-#}
{% test reconciles_with(model, to, sums, by=[], tolerance={}, settled=none, as_of=none, other_where='') %}
    {%- set test = 'reconciles_with' -%}
    {%- set pairs = [headgate.pairs_of(test, 'by', by), headgate.pairs_of(test, 'sums', sums)] -%}
    {%- set apart = headgate.tolerances(test, tolerance, 'groups') -%}
    {%- do headgate.seconds_of(test, settled) if settled is not none -%}
    {%- if not pairs[1] -%}
        {{ exceptions.raise_compiler_error("headgate." ~ test ~ ": 'sums' is empty; name at least one column") }}
    {%- endif -%}
    {%- if execute and flags.WHICH in ('build', 'test') -%}
        {%- set keys = headgate.matched(test, pairs[0], model, to, 'k') -%}
        {%- set totals = headgate.matched(test, pairs[1], model, to, 's') -%}
        {%- for one in totals if one.family != 'number' -%}
            {{ exceptions.raise_compiler_error("headgate." ~ test ~ ": the sum of " ~ one.name ~ ", which is not a number") }}
        {%- endfor -%}
        {%- set conditions = [[], ['(' ~ other_where ~ ')'] if other_where else []] -%}
        {%- if settled is not none -%}
            {%- set times = headgate.matched(test, headgate.pairs_of(test, 'as_of', as_of), model, to, 't') if as_of else keys -%}
            {%- set settled_rows = headgate.settled_only(test, settled, times) -%}
            {%- do conditions[0].append(settled_rows[0]) -%}
            {%- do conditions[1].append(settled_rows[1]) -%}
        {%- endif -%}
        {{- headgate.differing_groups(model, to, keys, totals, apart, conditions, other_where) -}}
    {%- else -%}
        {{- headgate.unmeasured() -}}
    {%- endif -%}
{% endtest %}
