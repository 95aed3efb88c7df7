{#- The results of service levels; see macros/results/aged.sql. -#}
{% macro judged_levels(levels, columns, model, rows) -%}
    {%- set results = [] -%}
    {%- for level in levels -%}
        {%- do results.append(headgate.judged(level, [], headgate.aged(level, columns, model), rows)) -%}
    {%- endfor -%}
    {{ return(results) }}
{%- endmacro %}
