{#- A query of what is compared of the rows of one side. -#}
{% macro row_query(side, relation, values, condition='') -%}
    {%- set shown = [] -%}
    {%- for one in values -%}
        {%- do shown.append(one[side] ~ ' as ' ~ one.alias) -%}
    {%- endfor -%}
select {{ shown | join(', ') }} from (select * from {{ relation }}) as t{{ ' where (' ~ condition ~ ')' if condition }}
{%- endmacro %}
