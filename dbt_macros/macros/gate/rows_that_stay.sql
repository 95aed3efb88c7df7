{#-
    The rows of an incremental model's table that a run with `stage` leaves as they are, as a subquery; none where dbt's
    settings do not tell them.
-#}
{% macro rows_that_stay(stage) -%}
    {%- set strategy, key = config.get('incremental_strategy'), config.get('unique_key') -%}
    {%- set known = strategy in (none, 'default', 'append', 'delete+insert', 'merge') -%}
    {%- if not known or model.batch or config.get('incremental_predicates') or config.get('predicates') -%}
        {{ return(none) }}
    {%- elif strategy == 'append' or not key -%}
        {{ return('(select * from ' ~ this ~ ') as headgate_stay') }}
    {%- endif -%}
    {%- set columns, equal = headgate.columns_of(stage), [] -%}
    {%- for name in ([key] if key is string else key) -%}
        {%- if name not in columns -%}{{ return(none) }}{%- endif -%}
        {%- do equal.append('here.' ~ headgate.quoted(name) ~ ' = there.' ~ headgate.quoted(name)) -%}
    {%- endfor -%}
    {{ return(
        '(select * from ' ~ this ~ ' as there where not exists (select 1 from ' ~ stage ~ ' as here where '
        ~ equal | join(' and ') ~ ')) as headgate_stay'
    ) }}
{%- endmacro %}
