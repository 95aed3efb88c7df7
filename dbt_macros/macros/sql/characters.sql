{#- The column as one whose length is counted: not every type of text has one. -#}
{% macro characters(name, columns) -%}
    {%- set column = headgate.column(name) -%}
    {{ return('CAST(' ~ column ~ ' AS TEXT)' if columns[name].type | lower in ('uuid', 'user-defined', 'blob') else column) }}
{%- endmacro %}
