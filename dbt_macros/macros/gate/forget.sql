{#-
    Delete what is older than the contract's quarantineRetention: rows of the quarantine, and rejected builds of the
    model that runs, such as those of batches that were never built again.
-#}
{% macro forget(retention) -%}
    {%- set oldest = "current_timestamp - cast(" ~ headgate.literal(retention) ~ " as interval)" -%}
    {%- set quarantine = headgate.beside('__quarantine', each_batch=false) -%}
    {%- set query = adapter.dispatch('noted_tables_query', 'headgate')(headgate.rejected_note(), oldest) -%}
    {%- for row in run_query(query).rows -%}
        {%- set table = this.incorporate(path={'identifier': row[0]}, type='table') -%}
        {%- if row[0] == quarantine.identifier -%}
            {%- do headgate.run_statement('delete from ' ~ table ~ ' where headgate_set_aside_at < ' ~ oldest) -%}
        {%- elif row[1] -%}
            {%- do headgate.run_statement('drop table if exists ' ~ table) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{#- The tables of the model's schema, and whether each has the note with a moment before `oldest` behind it. -#}
{% macro duckdb__noted_tables_query(note, oldest) -%}
select table_name, {{ headgate.is_noted_before('comment', note, oldest) }} as headgate_is_old
from duckdb_tables()
where lower(database_name) = lower({{ headgate.literal(this.database) }})
    and lower(schema_name) = lower({{ headgate.literal(this.schema) }})
{%- endmacro %}

{% macro postgres__noted_tables_query(note, oldest) -%}
select relname, {{ headgate.is_noted_before("obj_description(oid, 'pg_class')", note, oldest) }} as headgate_is_old
from pg_catalog.pg_class
where relnamespace = to_regnamespace({{ headgate.literal(headgate.quoted(this.schema)) }}) and relkind = 'r'
{%- endmacro %}
