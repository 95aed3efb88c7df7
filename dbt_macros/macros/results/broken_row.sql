{% macro broken_row(check_key, columns, severity, unexpected_rows, rows, observed, promise) -%}
    {%- set texts = [('check_key', check_key), ('columns', columns), ('severity', severity)] -%}
select
    {%- for name, value in texts %}
    cast({{ headgate.literal(value) }} as text) as {{ name }},
    {%- endfor %}
    cast({{ headgate.literal(unexpected_rows) }} as bigint) as unexpected_rows,
    cast({{ headgate.literal(rows) }} as bigint) as rows,
    cast({{ headgate.literal(observed) }} as text) as observed,
    cast({{ headgate.literal(promise) }} as text) as promise
{%- endmacro %}
