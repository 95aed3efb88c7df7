{#- args.to_relation, args.to_columns: the number of rows whose complete key is not found in that relation. -#}
{% macro foreign_key(check, data) -%}
    {%- set present, equal = [], [] -%}
    {%- for name in check.columns -%}
        {%- set there = headgate.column(headgate.argument(check, 'to_columns')[loop.index0], 'ref') -%}
        {%- do present.append(headgate.column(name) ~ ' is not null') -%}
        {%- do equal.append(there ~ ' = ' ~ headgate.column(name)) -%}
    {%- endfor -%}
    {%- set orphans -%}
        select count(*) from {{ data }} where {{ present | join(' and ') }} and not exists (
            select 1 from (select * from {{ headgate.argument(check, 'to_relation') }}) as ref
            where {{ equal | join(' and ') }}
        )
    {%- endset -%}
    {{ return('(' ~ orphans ~ ')') }}
{%- endmacro %}
