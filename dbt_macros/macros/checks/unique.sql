{#- The number of rows whose key others have too. As in SQL's UNIQUE, a key with a NULL in it repeats nothing. -#}
{% macro unique(check, data) -%}
    {%- set keys = [] -%}
    {%- for name in check.columns -%}{%- do keys.append(headgate.column(name)) -%}{%- endfor -%}
    {%- set groups -%}
        select count(*) as n from {{ data }} where {{ keys | join(' is not null and ') }} is not null
        group by {{ keys | join(', ') }} having count(*) > 1
    {%- endset -%}
    {{ return('(select coalesce(sum(n), 0) from (' ~ groups ~ ') as repeated)') }}
{%- endmacro %}
