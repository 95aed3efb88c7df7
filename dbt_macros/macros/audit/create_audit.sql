{#- Called by on-run-start: the SQL that creates the audit table, where results are to be recorded. -#}
{% macro create_audit() -%}
    {%- set table = headgate.audit_table() if execute and flags.WHICH in ('build', 'run', 'test') else none -%}
    {%- if table is not none -%}
        {%- set columns = [] -%}
        {%- for name, type in headgate.audit_columns().items() -%}
            {%- do columns.append(headgate.quoted(name) ~ ' ' ~ type) -%}
        {%- endfor -%}
        {{ headgate.attempted([
            'create schema if not exists ' ~ headgate.quoted(table.schema),
            'create table if not exists ' ~ table ~ ' (' ~ columns | join(', ') ~ ')'
        ]) }}
    {%- endif -%}
{%- endmacro %}
