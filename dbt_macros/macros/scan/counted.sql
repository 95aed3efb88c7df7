{#- The number of rows for which `condition` is true. -#}
{% macro counted(condition) -%}
    COUNT(CASE WHEN {{ condition }} THEN 1 END)
{%- endmacro %}
