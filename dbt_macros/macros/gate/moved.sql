{#-
    The SQL by which the stage becomes dbt's relation: its new name, or, where dbt wants a temporary table to take rows
    from, a copy.
-#}
{% macro moved(built) -%}
    {%- if built.temporary -%}
        {%- set copy = built.create(True, built.relation, 'select * from ' ~ built.stage, **built.options) -%}
        {{ return(headgate.terminated(copy) ~ '\ndrop table ' ~ built.stage) }}
    {%- endif -%}
    {{ return(headgate.renaming(built.stage, built.relation)) }}
{%- endmacro %}
