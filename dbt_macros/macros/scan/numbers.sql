{#-
    {rows, found, queries}: how many rows there are, the number of each of `checks` by its position, and what was asked.
    What the values of columns that have few, or the order of keys, prove is not counted; and conditions that cost little
    are first asked together: where no row meets any, none meets each.
-#}
{% macro numbers(checks, types, columns, model) -%}
    {#- In a subquery, because `model` may be one, with a name of its own. -#}
    {%- set data = '(select * from ' ~ model ~ ') as ' ~ headgate.quoted('__headgate_data') -%}
    {%- set found, queries, answers, cheap = {}, [], {'total': 'count(*)'}, {} -%}
    {%- do headgate.ask_values(checks, types, columns, data, model, found, queries) -%}
    {%- do headgate.ask_keys(checks, types, columns, data, found, queries) -%}
    {%- do headgate.ask_queries(checks, types, columns, data, found, queries) -%}
    {%- for check in checks -%}
        {%- if loop.index0 in found -%}
        {%- elif 'numbered' in types[check.type].facts -%}
            {%- do answers.update({loop.index0: headgate['number_' ~ check.type](check, columns, data)}) -%}
        {%- else -%}
            {%- set condition = headgate['unexpected_' ~ check.type](check, columns) | trim -%}
            {%- if types[check.type].patterns -%}
                {%- do answers.update({loop.index0: headgate.counted(condition)}) -%}
            {%- else -%}
                {%- do cheap.update({loop.index0: condition}) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if cheap -%}{%- do answers.update({'any': headgate.counted('(' ~ cheap.values() | join(') or (') ~ ')')}) -%}{%- endif -%}
    {%- do headgate.ask(answers, data, found, queries) -%}
    {%- set answers = {} -%}
    {%- for position in cheap -%}
        {%- if found.any == 0 or cheap | length == 1 -%}
            {%- do found.update({position: found.any}) -%}
        {%- else -%}
            {%- do answers.update({position: headgate.counted(cheap[position])}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do headgate.ask(answers, data, found, queries) -%}
    {{ return({'rows': found.total, 'found': found, 'queries': queries}) }}
{%- endmacro %}
