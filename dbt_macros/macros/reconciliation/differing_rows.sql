{#-
    The query of the rows that differ: rows as often on one side as on the other. With a key, those of one key are
    paired: a row of the result is a changed row, with the values of both sides, or one that only a side has.
-#}
{% macro differing_rows(model, to, keys, columns, tolerances, other_where, alone) -%}
    {%- set by, values = keys | map(attribute='alias') | list, columns | map(attribute='alias') | list -%}
    {%- set every, shown, nothing, differ = (by + values) | join(', '), [], [], ['partner is null'] -%}
    {%- for one in keys -%}
        {%- do shown.append(one.alias ~ ' as ' ~ headgate.shown_as(one)) -%}
        {%- do nothing.append('null') -%}
    {%- endfor -%}
    {%- for one in columns -%}
        {%- set a, b = 'case when side = 1 then ' ~ one.alias ~ ' end', 'case when side = 2 then ' ~ one.alias ~ ' else other_' ~ one.alias ~ ' end' -%}
        {%- if keys -%}
            {%- do shown.extend([a ~ ' as ' ~ headgate.shown_as(one, '__own'), b ~ ' as ' ~ headgate.shown_as(one, '__other')]) -%}
            {%- do nothing.extend(['null', 'null']) -%}
            {%- do differ.append(headgate.apart(one, one.alias, 'other_' ~ one.alias, tolerances)) -%}
        {%- else -%}
            {%- do shown.append(one.alias ~ ' as ' ~ headgate.shown_as(one)) -%}
            {%- do nothing.append('null') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set number = 'row_number() over (partition by ' ~ by | join(', ') ~ ' order by ' ~ (values or ['1']) | join(', ') ~ ')' if keys else '1' -%}
with own_rows as (
    {{ headgate.row_query('own', model, keys + columns) }}
),
other_rows as (
    {{ headgate.row_query('other', to, keys + columns, other_where) }}
),
own_only as (
    select {{ every }} from own_rows except all select {{ every }} from other_rows
),
other_only as (
    select {{ every }} from other_rows except all select {{ every }} from own_rows
),
numbered as (
    select 1 as side, {{ every }}, {{ number }} as nth from own_only
    union all
    select 2 as side, {{ every }}, {{ number }} as nth from other_only
),
paired as (
    {%- if keys %}
    select numbered.*, lead(side) over of_key as partner, lag(side) over of_key as partner_before
        {%- for name in values %}, lead({{ name }}) over of_key as other_{{ name }}{% endfor %}
    from numbered
    window of_key as (partition by {{ by | join(', ') }}, nth order by side)
    {%- else %}
    select numbered.*, null as partner, null as partner_before from numbered
    {%- endif %}
),
differing as (
    select * from paired where partner_before is null and ({{ differ | join(' or ') }})
),
empty_side as (
    {{ headgate.empty_side(model, to, other_where) }}
)
select
    case when side = 2 then {{ headgate.literal('only in ' ~ headgate.side_name(to)) }}
        when partner is null then {{ headgate.literal('only in ' ~ headgate.side_name(model)) }}
        else 'changed' end as difference,
    {{ shown | join(', ') }}
from differing
where (select count(*) from differing) > {{ tolerances.allowed }} and not exists (select * from empty_side)
union all
select difference, {{ nothing | join(', ') }} from empty_side
{%- if alone %}
union all
select {{ headgate.literal(alone) }}, {{ nothing | join(', ') }}
{%- endif %}
{%- endmacro %}
