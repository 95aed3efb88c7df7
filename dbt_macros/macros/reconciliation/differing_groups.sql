{#- The query of the groups that differ, with the sums of both sides. NULL is a group. -#}
{% macro differing_groups(model, to, keys, sums, tolerances, conditions, other_where) -%}
    {%- set by, shown, nothing, differ = keys | map(attribute='alias') | list, [], [], ['here = 0', 'there = 0'] -%}
    {%- for one in keys -%}
        {%- do shown.append(one.alias ~ ' as ' ~ headgate.shown_as(one)) -%}
        {%- do nothing.append('null') -%}
    {%- endfor -%}
    {%- for one in sums -%}
        {%- set a, b = 'own_' ~ one.alias, 'other_' ~ one.alias -%}
        {%- do shown.append(a ~ ' as ' ~ headgate.shown_as(one, '__own')) -%}
        {%- do shown.append(b ~ ' as ' ~ headgate.shown_as(one, '__other')) -%}
        {%- set difference = 'coalesce(' ~ a ~ ', 0) - coalesce(' ~ b ~ ', 0)' -%}
        {%- do shown.append(difference ~ ' as ' ~ headgate.shown_as(one, '__difference')) -%}
        {%- do nothing.extend(['null', 'null', 'null']) -%}
        {%- do differ.append(headgate.apart(dict(one, rounded=one.inexact), a, b, tolerances)) -%}
    {%- endfor -%}
with own_groups as (
    {{ headgate.group_query('own', model, keys, sums, conditions[0]) }}
),
other_groups as (
    {{ headgate.group_query('other', to, keys, sums, conditions[1]) }}
),
both_sides as (
    select {% for key in by %}{{ key }}, {% endfor %}
        {%- for one in sums %}{{ one.alias }} as own_{{ one.alias }}, null as other_{{ one.alias }}, {% endfor -%}
        1 as here, 0 as there
    from own_groups
    union all
    select {% for key in by %}{{ key }}, {% endfor %}{% for one in sums %}null, {{ one.alias }}, {% endfor %}0, 1
    from other_groups
),
paired as (
    select {% for key in by %}{{ key }}, {% endfor %}
        {%- for one in sums %}max(own_{{ one.alias }}) as own_{{ one.alias }}, max(other_{{ one.alias }}) as other_{{ one.alias }}, {% endfor -%}
        max(here) as here, max(there) as there
    from both_sides
    {%- if by %} group by {{ by | join(', ') }}{% endif %}
),
differing as (
    select * from paired where {{ differ | join(' or ') }}
),
empty_side as (
    {{ headgate.empty_side(model, to, other_where) }}
)
select
    case when there = 0 then {{ headgate.literal('only in ' ~ headgate.side_name(model)) }}
        when here = 0 then {{ headgate.literal('only in ' ~ headgate.side_name(to)) }}
        else 'changed' end as difference,
    {{ shown | join(', ') }}
from differing
where (select count(*) from differing) > {{ tolerances.allowed }} and not exists (select * from empty_side)
union all
select difference, {{ nothing | join(', ') }} from empty_side
{%- endmacro %}
