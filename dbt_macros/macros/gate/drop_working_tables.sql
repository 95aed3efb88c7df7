{#-
    Drop what a build of the model that was killed may have left. Where another build still runs, on dbt v2, its tables go
    too, and it fails: it can publish nothing that it did not audit.
-#}
{% macro drop_working_tables() -%}
    {%- for suffix in ('__headgate_stage', '__headgate_good') -%}
        {%- set tables = [headgate.beside(suffix)] -%}
        {%- if not headgate.has_transactions() -%}
            {%- for row in run_query(headgate.working_tables_query(suffix)).rows -%}
                {%- do tables.append(this.incorporate(path={'identifier': row[0]}, type='table')) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- for table in tables -%}
            {%- do headgate.run_statement('drop table if exists ' ~ table) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{#- The tables that any build has for `suffix`: of one name but for the digest of the build. -#}
{% macro working_tables_query(suffix) -%}
select table_name
from information_schema.tables
where lower(table_schema) = lower({{ headgate.literal(this.schema) }})
    and lower(table_catalog) = lower({{ headgate.literal(this.database) }})
    and regexp_replace(table_name, '{{ suffix }}_[0-9a-f]{8}', '{{ suffix }}_00000000')
        = {{ headgate.literal(headgate.beside(suffix ~ '_00000000').identifier) }}
{%- endmacro %}
