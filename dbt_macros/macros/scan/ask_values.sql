{#-
    Find the checks that look at one value each to hold for all the values of their column, where it has few: then they
    hold for all rows.
-#}
{% macro ask_values(checks, types, columns, data, model, found, queries) -%}
    {%- set by_column, costly = {}, [] -%}
    {%- for check in checks -%}
        {%- if loop.index0 not in found and 'of_value' in types[check.type].facts and check.columns | length == 1 -%}
            {%- set logical = columns[check.columns[0]].logical -%}
            {#- Equal numbers may be written in several ways, 1.0 and 1.00, and a pattern tells them apart. -#}
            {%- set alike = logical | select('in', ['string', 'integer', 'boolean', 'date', 'time', 'timestamp']) | list -%}
            {%- if alike or ('number' in logical and not types[check.type].patterns) -%}
                {%- do by_column.setdefault(check.columns[0], []).append(loop.index0) -%}
                {%- if types[check.type].patterns -%}{%- do costly.append(check.columns[0]) -%}{%- endif -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set names = by_column | list -%}
    {%- for values in (headgate.few_values(names, costly | unique | list, data, model) if names else []) -%}
        {%- set answers = {} -%}
        {%- for name in values.columns -%}
            {%- for position in by_column[name] -%}
                {%- set bad = headgate['unexpected_' ~ checks[position].type](checks[position], columns) | trim -%}
                {%- do answers.update({
                    position: 'case when ' ~ values.complete ~ ' and not coalesce(bool_or(' ~ bad ~ '), false) then 0 end'
                }) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do headgate.ask(answers, values.source, found, queries) -%}
    {%- endfor -%}
{%- endmacro %}
