{#- args.type: an ODCS logical type, which the type of the column must be able to serve. -#}
{% macro type(check, columns) -%}
    {%- set column = columns[check.columns[0]] -%}
    {{ return(none if headgate.argument(check, 'type') in column.logical else 'the column is ' ~ column.type) }}
{%- endmacro %}
