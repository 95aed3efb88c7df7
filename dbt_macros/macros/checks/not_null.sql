{% macro not_null(check) -%}
    {{ return(headgate.column(check.columns[0]) ~ ' is null') }}
{%- endmacro %}
