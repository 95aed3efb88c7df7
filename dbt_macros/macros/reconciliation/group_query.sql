{#- A query of the sums of one side by group, of the rows that `conditions` hold for. The sum of nothing is 0. -#}
{% macro group_query(side, relation, keys, sums, conditions) -%}
    {%- set shown, totals, by = [], [], keys | map(attribute='alias') | list -%}
    {%- for one in keys + sums -%}
        {%- do shown.append(one[side] ~ ' as ' ~ one.alias) -%}
    {%- endfor -%}
    {%- for one in sums -%}
        {%- do totals.append('coalesce(sum(' ~ one.alias ~ '), 0) as ' ~ one.alias) -%}
    {%- endfor -%}
select {{ (by + totals) | join(', ') }}
from (select {{ shown | join(', ') }} from (select * from {{ relation }}) as t
    {%- if conditions %} where {{ conditions | join(' and ') }}{% endif %}) as valued
{%- if by %} group by {{ by | join(', ') }}{% endif %}
{%- endmacro %}
