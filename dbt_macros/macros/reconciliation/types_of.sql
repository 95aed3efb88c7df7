{#- The types of expressions on the columns of a relation, as the database calls them. -#}
{% macro types_of(expressions, relation) -%}
    {%- if not expressions -%}{{ return([]) }}{%- endif -%}
    {%- set shown, asked = [], [] -%}
    {%- for expression in expressions -%}
        {%- do shown.append(expression ~ ' as v' ~ loop.index0) -%}
        {%- do asked.append(headgate.type_name('typed.v' ~ loop.index0)) -%}
    {%- endfor -%}
    {%- set query -%}
select {{ asked | join(', ') }}
from (select 1 as one) as one_row
left join (select {{ shown | join(', ') }} from (select * from {{ relation }}) as t where 1 = 0) as typed on 1 = 1
    {%- endset -%}
    {{ return(run_query(query).rows[0].values() | list) }}
{%- endmacro %}
