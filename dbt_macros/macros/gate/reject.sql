{#- Keep the stage as the rejected build, in the place of an earlier one; returns where it is. -#}
{% macro reject(stage) -%}
    {%- set rejected = headgate.beside('__rejected') -%}
    {%- do headgate.run_statement(
        'drop table if exists ' ~ rejected ~ ';\n' ~ headgate.renaming(stage, rejected)
    ) -%}
    {%- set note = headgate.rejected_note() ~ run_started_at.isoformat() -%}
    {%- do headgate.run_statement('comment on table ' ~ rejected ~ ' is ' ~ headgate.literal(note)) -%}
    {{ return(rejected) }}
{%- endmacro %}
