{#- args.zoned: whether the values must be moments with a time zone. -#}
{% macro examine_timezone(check, columns) -%}
    {%- set column = columns[check.columns[0]] -%}
    {%- set right = headgate.argument(check, 'zoned') == column.zoned -%}
    {{ return({'found': none if right else 'the column is ' ~ column.type}) }}
{%- endmacro %}
