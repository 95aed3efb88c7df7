{#- Ask `data` for all `answers` in one query, and add to `found` those that are not null. -#}
{% macro ask(answers, data, found, queries) -%}
    {%- if answers -%}
        {#- An aggregate makes it one row, whatever the answers are. -#}
        {%- set selected = ['count(*) as headgate_rows'] -%}
        {%- for key in answers -%}{%- do selected.append(answers[key] | trim ~ ' as headgate_' ~ key) -%}{%- endfor -%}
        {%- set query = 'select ' ~ selected | join(', ') ~ ' from ' ~ data -%}
        {%- do queries.append(query) -%}
        {%- set values = run_query(query).rows[0].values() | list -%}
        {%- for key in answers -%}
            {%- set value = values[loop.index] -%}
            {%- if value is not none -%}{%- do found.update({key: value | int}) -%}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
