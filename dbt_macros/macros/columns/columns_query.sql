{#-
    The query of name, type and numeric scale of each column, in order. The database itself finds the relation by its
    name as SQL has it, so that quoting and case mean here what they mean in the query of the checks.
-#}
{% macro columns_query(relation) -%}
    {{ return(adapter.dispatch('columns_query', 'headgate')(relation)) }}
{%- endmacro %}

{% macro default__columns_query(relation) -%}
    {{ exceptions.raise_compiler_error(
        "headgate: the types of " ~ target.type ~ " are not known; it works on duckdb and postgres"
    ) }}
{%- endmacro %}

{% macro duckdb__columns_query(relation) -%}
select column_name, column_type, null as numeric_scale from (describe select * from {{ relation }})
{%- endmacro %}

{% macro postgres__columns_query(relation) -%}
select columns.column_name, columns.data_type, columns.numeric_scale
from pg_catalog.pg_class as class
join pg_catalog.pg_namespace as namespace on namespace.oid = class.relnamespace
join information_schema.columns as columns
    on columns.table_schema = namespace.nspname and columns.table_name = class.relname
where class.oid = to_regclass({{ headgate.literal(headgate.relation_name(relation)) }})
order by columns.ordinal_position
{%- endmacro %}
