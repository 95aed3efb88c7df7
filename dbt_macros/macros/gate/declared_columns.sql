{#- The columns of a table as DDL says them, name -> type; empty where there is no such table. -#}
{% macro declared_columns(relation) -%}
    {%- set found = {} -%}
    {%- for row in run_query(adapter.dispatch('declared_columns_query', 'headgate')(relation)).rows -%}
        {%- do found.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro duckdb__declared_columns_query(relation) -%}
select column_name, data_type
from information_schema.columns
where lower(table_catalog) = lower({{ headgate.literal(relation.database) }})
    and lower(table_schema) = lower({{ headgate.literal(relation.schema) }})
    and lower(table_name) = lower({{ headgate.literal(relation.identifier) }})
order by ordinal_position
{%- endmacro %}

{% macro postgres__declared_columns_query(relation) -%}
select attname, format_type(atttypid, atttypmod)
from pg_catalog.pg_attribute
where attrelid = to_regclass({{ headgate.literal(relation) }}) and attnum > 0 and not attisdropped
order by attnum
{%- endmacro %}
