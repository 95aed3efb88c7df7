{#-
    {rows, found, queries}: how many rows there are, the number of each of `checks` by its position, and what was asked.
    A ladder: what counts and extremes, the values of columns that have few, or the order of keys prove is not counted.
-#}
{% macro numbers(checks, types, columns, model) -%}
    {#- In a subquery, because `model` may be one, with a name of its own. -#}
    {%- set data = '(select * from ' ~ model ~ ') as ' ~ headgate.quoted('__headgate_data') -%}
    {%- set found, queries = {}, [] -%}
    {%- set answers = {'total': 'count(*)'} -%}
    {%- for check in checks -%}
        {%- set facts = types[check.type].facts -%}
        {#- Without a type, the column may be of one that has no extremes. -#}
        {%- if 'provable' in facts and ('typed' not in facts or check.get('args', {}).get('type')) -%}
            {%- do answers.update({loop.index0: headgate['proof_' ~ check.type](check, columns)}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do headgate.ask(answers, data, found, queries) -%}
    {%- do headgate.ask_values(checks, types, columns, data, model, found, queries) -%}
    {%- do headgate.ask_keys(checks, types, columns, data, found, queries) -%}
    {%- do headgate.ask_queries(checks, types, columns, data, found, queries) -%}
    {%- set answers = {} -%}
    {%- for check in checks -%}
        {%- if loop.index0 not in found -%}
            {%- if 'numbered' in types[check.type].facts -%}
                {%- set number = headgate['number_' ~ check.type](check, columns, data) -%}
            {%- else -%}
                {%- set number = headgate.counted(headgate['unexpected_' ~ check.type](check, columns)) -%}
            {%- endif -%}
            {%- do answers.update({loop.index0: number}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do headgate.ask(answers, data, found, queries) -%}
    {{ return({'rows': found.total, 'found': found, 'queries': queries}) }}
{%- endmacro %}
