{#- Whether dbt's own statements for a model are one transaction; those of dbt v2 are not. -#}
{% macro has_transactions() -%}
    {{ return(dbt_version.split('.')[0] | int < 2) }}
{%- endmacro %}
