{#-
    Ask `data` for all `answers` in one query, and add to `found` those that are not null. The count of rows beside them
    makes the answer one row, also where each of `answers` is a subquery: without it, as many as `data` has, or none.
-#}
{% macro ask(answers, data, found, queries) -%}
    {%- if answers -%}
        {%- set selected = [] -%}
        {%- for key in answers -%}{%- do selected.append(answers[key] | trim ~ ' as headgate_' ~ key) -%}{%- endfor -%}
        {%- do selected.append('count(*) as headgate_count') -%}
        {%- set query = 'select ' ~ selected | join(', ') ~ ' from ' ~ data -%}
        {%- do queries.append(query) -%}
        {%- set values = run_query(query).rows[0].values() | list -%}
        {%- for key in answers -%}
            {%- set value = values[loop.index0] -%}
            {%- if value is not none -%}{%- do found.update({key: value | int}) -%}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
