{#-
    For columns that seem to have few values, {columns, source, complete}: their values, for a FROM clause, and an
    aggregate over them that is true where these are all of them. `data` are the rows of `model`; checks of the columns `costly`
    take long for each value.
-#}
{% macro few_values(names, costly, data, model) -%}
    {{ return(adapter.dispatch('few_values', 'headgate')(names, costly, data, model)) }}
{%- endmacro %}

{% macro duckdb__few_values(names, costly, data, model) -%}
    {%- set found = [] -%}
    {#- DISTINCT with a LIMIT ends as soon as there are too many. -#}
    {%- for name in names -%}
        {%- set column = headgate.column(name) -%}
        {%- do found.append({
            'columns': [name],
            'source': '(select distinct ' ~ column ~ ' from ' ~ data ~ ' limit 1001) as ' ~ headgate.quoted('__headgate_data'),
            'complete': 'count(*) <= 1000'
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#-
    A sample of the first rows decides what is worth trying, and all are looked at together; each column with costly
    checks is looked at by itself where its values are repeated.
-#}
{% macro postgres__few_values(names, costly, data, model) -%}
    {%- set listed, counts = [], ['count(*) as headgate_rows'] -%}
    {%- for name in names -%}
        {%- do listed.append(headgate.column(name)) -%}
        {%- do counts.append('count(distinct ' ~ headgate.column(name) ~ ') as headgate_' ~ loop.index) -%}
    {%- endfor -%}
    {%- set named = ') as ' ~ headgate.quoted('__headgate_data') -%}
    {%- set sample = '(select ' ~ listed | join(', ') ~ ' from ' ~ data ~ ' limit 1000' ~ named -%}
    {%- set numbers = run_query('select ' ~ counts | join(', ') ~ ' from ' ~ sample).rows[0].values() | map('int') | list -%}
    {%- set together, state = [], namespace(combinations=1) -%}
    {%- for several in numbers[1:] | sort | unique -%}
        {%- for name in names -%}
            {%- set few = numbers[loop.index] == several and several <= 50 and 2 * several <= numbers[0] -%}
            {%- if few and state.combinations * (several + 1) <= 5000 -%}
                {%- do together.append(name) -%}
                {%- set state.combinations = state.combinations * (several + 1) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set lists = [together] if together else [] -%}
    {%- set others = costly | reject('in', together) | list -%}
    {%- for name in (headgate.postgres_repeated(others, model) if others else []) -%}
        {%- do lists.append([name]) -%}
    {%- endfor -%}
    {%- set found = [] -%}
    {%- for columns in lists -%}
        {%- set source = '(select distinct ' ~ headgate.listed(columns) ~ ' from ' ~ data ~ named -%}
        {%- do found.append({'columns': columns, 'source': source, 'complete': 'true'}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
