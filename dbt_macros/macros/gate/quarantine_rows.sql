{#-
    Add the rows of `marked` that break a rule to the quarantine. A column that is new is added to it, one whose type
    changed becomes text, and one that the model no longer has is null.
-#}
{% macro quarantine_rows(quarantine, stage, marked, contract) -%}
    {%- set version = contract.split('#')[0].split('@') | last -%}
    {%- set own = {
        'headgate_run_key': 'cast(' ~ headgate.literal(invocation_id) ~ ' as varchar)',
        'headgate_reasons': 'headgate_reasons',
        'headgate_contract_version': 'cast(' ~ headgate.literal(version) ~ ' as varchar)',
        'headgate_run_at': 'cast(' ~ headgate.literal(run_started_at.isoformat()) ~ ' as timestamp with time zone)',
        'headgate_set_aside_at': 'current_timestamp'
    } -%}
    {%- set columns = headgate.declared_columns(stage) -%}
    {%- set listed, values = headgate.listed(columns), [] -%}
    {%- for name in own -%}{%- do values.append(own[name] ~ ' as ' ~ name) -%}{%- endfor -%}
    {%- set rows = 'select ' ~ listed ~ ', ' ~ values | join(', ') ~ ' from ' ~ marked -%}
    {%- set held = headgate.declared_columns(quarantine) -%}
    {%- if not held -%}
        {%- do headgate.run_statement('create table ' ~ quarantine ~ ' as ' ~ rows ~ ' where 1 = 0') -%}
    {%- endif -%}
    {%- for name in columns if held -%}
        {%- set column = headgate.quoted(name) -%}
        {%- if name not in held -%}
            {%- do headgate.run_statement('alter table ' ~ quarantine ~ ' add column ' ~ column ~ ' ' ~ columns[name]) -%}
        {%- elif held[name] != columns[name] and held[name] | lower not in ('text', 'varchar') -%}
            {%- do headgate.run_statement('alter table ' ~ quarantine ~ ' alter column ' ~ column ~ ' type text') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do headgate.run_statement(
        'insert into ' ~ quarantine ~ ' (' ~ listed ~ ', ' ~ own | join(', ') ~ ') ' ~ rows ~ ' where '
        ~ headgate.has_reasons()
    ) -%}
{%- endmacro %}
