{#-
    args.to_columns and where they are: args.to_relation (a ref() or source() in the YAML) or args.to_source ([source,
    table]). The number of rows whose complete key is not found there.
-#}
{% macro foreign_key(check, data) -%}
    {%- set present, equal = [], [] -%}
    {%- for name in check.columns -%}
        {%- set there = headgate.column(headgate.argument(check, 'to_columns')[loop.index0], 'ref') -%}
        {%- do present.append(headgate.column(name) ~ ' is not null') -%}
        {%- do equal.append(there ~ ' = ' ~ headgate.column(name)) -%}
    {%- endfor -%}
    {%- set orphans -%}
        select count(*) from {{ data }} where {{ present | join(' and ') }} and not exists (
            select 1 from (select * from {{ headgate.referenced(check) }}) as ref
            where {{ equal | join(' and ') }}
        )
    {%- endset -%}
    {{ return('(' ~ orphans ~ ')') }}
{%- endmacro %}
