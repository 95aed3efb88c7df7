{#- args.type: an ODCS logical type, which the type of the column must be able to serve. -#}
{% macro examine_type(check, columns) -%}
    {%- set column = columns[check.columns[0]] -%}
    {%- set right = headgate.argument(check, 'type') in column.logical -%}
    {{ return({'found': none if right else 'the column is ' ~ column.type}) }}
{%- endmacro %}
