{#- args.minimum, args.maximum: how many characters there may be; a NULL is expected. -#}
{% macro length_between(check, columns) -%}
    {{ return(headgate.outside('length(cast(' ~ headgate.column(check.columns[0]) ~ ' as text))', check, columns)) }}
{%- endmacro %}
