{#- The query of the age of the newest value of a column, in seconds; NULL where there is none. -#}
{% macro age_query(name, column, level, model) -%}
    {%- set moment = 'max(' ~ headgate.column(name) ~ ')' -%}
    {%- if not column.zoned -%}
        {%- set zone = headgate.literal(level.get('timezone', 'UTC')) -%}
        {%- set moment = '(cast(' ~ moment ~ ' as timestamp) at time zone ' ~ zone ~ ')' -%}
    {%- endif -%}
select cast(floor(extract(epoch from {{ headgate.literal(headgate.now(), 'timestamp') }}) - extract(epoch from {{ moment }})) as bigint) as age
from (select * from {{ model }}) as {{ headgate.quoted('__headgate_data') }}
{%- endmacro %}
