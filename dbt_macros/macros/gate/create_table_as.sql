{#-
    What dbt calls to build a table, with the gate before it. dbt finds these where the root project has

        dispatch: [{macro_namespace: dbt, search_order: [<project>, headgate, dbt]}]
-#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
    {%- set options = {'language': language} -%}
    {%- if partitioned_by or sorted_by -%}
        {#- Only dbt-duckdb from 1.11 takes these, and only it gives them. -#}
        {%- do options.update({'partitioned_by': partitioned_by, 'sorted_by': sorted_by}) -%}
    {%- endif -%}
    {{ return(headgate.gated(dbt.duckdb__create_table_as, temporary, relation, compiled_code, options)) }}
{%- endmacro %}

{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {{ return(headgate.gated(dbt.postgres__create_table_as, temporary, relation, sql, {})) }}
{%- endmacro %}
