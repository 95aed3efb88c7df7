{#- args.zoned: whether the values must be moments with a time zone. -#}
{% macro timezone(check, columns) -%}
    {%- set column = columns[check.columns[0]] -%}
    {{ return(none if headgate.argument(check, 'zoned') == column.zoned else 'the column is ' ~ column.type) }}
{%- endmacro %}
