{#-
    What dbt calls for the strategy that deletes rows and inserts others. dbt v2 has no transactions: for a model with a
    gate both are one here.
-#}
{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {{ return(headgate.as_a_whole(
        dbt.duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates)
    )) }}
{%- endmacro %}

{% macro postgres__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {{ return(headgate.as_a_whole(
        dbt.default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates)
    )) }}
{%- endmacro %}
