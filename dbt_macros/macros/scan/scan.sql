{#- The one query: how many rows there are, and the number of each of `checks`, in one row. -#}
{% macro scan(checks, columns, model) %}
{#- In a subquery, because `model` may be one, with a name of its own. -#}
{%- set data = '(select * from ' ~ model ~ ') as ' ~ headgate.quoted('__headgate_data') -%}
select
    count(*) as headgate_rows
    {%- for check in checks %},
    {{ headgate.number(check, columns, data) }} as headgate_{{ loop.index }}
    {%- endfor %}
from {{ data }}
{%- endmacro %}
