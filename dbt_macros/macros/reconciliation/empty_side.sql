{#- A query of one row {difference} where one side is empty and the other is not: that is never tolerated. -#}
{% macro empty_side(model, to, other_where) -%}
select
    case when own_rows = 0 then {{ headgate.literal(headgate.side_name(model) ~ ' is empty') }}
        else {{ headgate.literal(headgate.side_name(to) ~ ' is empty') }} end as difference
from (
    select
        (select count(*) from (select * from {{ model }}) as t) as own_rows,
        (select count(*) from (select * from {{ to }}) as t{{ ' where (' ~ other_where ~ ')' if other_where }}) as other_rows
) as counted
where (own_rows = 0) <> (other_rows = 0)
{%- endmacro %}
