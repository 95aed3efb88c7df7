{#- The number of rows for which `condition` is true. -#}
{% macro counted(condition) -%}
    COALESCE(SUM(CASE WHEN {{ condition }} THEN 1 ELSE 0 END), 0)
{%- endmacro %}
