{#- args.minimum, args.maximum, args.strict_minimum, args.strict_maximum, args.type; a NULL is expected. -#}
{% macro between(check, columns) -%}
    {{ return(headgate.outside(headgate.column(check.columns[0]), check, columns)) }}
{%- endmacro %}
