{#-
    Those of `names` whose values are repeated ten times and more, as the last ANALYZE has it: that tells what is worth
    trying, and proves nothing. A table that was never analyzed, and a view, have none.
-#}
{% macro postgres_repeated(names, model) -%}
    {%- set texts = [] -%}
    {%- for name in names -%}{%- do texts.append(headgate.literal(name)) -%}{%- endfor -%}
    {%- set query -%}
        select attname as name from pg_catalog.pg_class
        join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
        join pg_catalog.pg_stats on schemaname = nspname and tablename = relname
        where pg_class.oid = to_regclass({{ headgate.literal(headgate.relation_name(model)) }})
        and attname in ({{ texts | join(', ') }})
        and case when n_distinct < 0 then -n_distinct else n_distinct / greatest(reltuples, 1) end <= 0.1
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{%- endmacro %}
