{#- The number that `check` compares, as an expression of the one query over `data`. -#}
{% macro expression(check, columns, data) -%}
    {%- set kind = check.type -%}
    {%- if kind == 'row_count' -%}
        {{ return(headgate.row_count()) }}
    {%- elif kind == 'unique' -%}
        {{ return(headgate.unique(check, data)) }}
    {%- elif kind == 'foreign_key' -%}
        {{ return(headgate.foreign_key(check, data)) }}
    {%- elif kind == 'not_null' -%}
        {%- set unexpected = headgate.not_null(check) -%}
    {%- elif kind == 'in_set' -%}
        {%- set unexpected = headgate.in_set(check, columns) -%}
    {%- elif kind == 'not_in_set' -%}
        {%- set unexpected = headgate.not_in_set(check, columns) -%}
    {%- elif kind == 'matches' -%}
        {%- set unexpected = headgate.matches(check) -%}
    {%- elif kind == 'valid' -%}
        {%- set unexpected = headgate.valid(check, columns) -%}
    {%- elif kind == 'between' -%}
        {%- set unexpected = headgate.between(check, columns) -%}
    {%- elif kind == 'length_between' -%}
        {%- set unexpected = headgate.length_between(check, columns) -%}
    {%- endif -%}
    {{ return('coalesce(sum(case when ' ~ unexpected ~ ' then 1 else 0 end), 0)') }}
{%- endmacro %}
