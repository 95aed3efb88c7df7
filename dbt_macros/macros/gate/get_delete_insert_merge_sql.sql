{#- What dbt calls for the strategy delete+insert: where it has no transactions, both are one for a model with a gate. -#}
{% macro postgres__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set sql = dbt.default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- if headgate.has_transactions() or not headgate.has_gate() -%}{{ return(sql) }}{%- endif -%}
    {{ return(headgate.in_one_transaction([sql])) }}
{%- endmacro %}
