{#- What dbt calls to give a table another name; see macros/gate/renamed.sql. -#}
{% macro duckdb__rename_relation(from_relation, to_relation) -%}
    {{ return(headgate.renamed(dbt.duckdb__rename_relation, from_relation, to_relation)) }}
{%- endmacro %}

{% macro postgres__rename_relation(from_relation, to_relation) -%}
    {{ return(headgate.renamed(dbt.default__rename_relation, from_relation, to_relation)) }}
{%- endmacro %}
