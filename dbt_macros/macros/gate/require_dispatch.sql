{#- Raises where dbt builds tables with another create_table_as than headgate's. -#}
{% macro require_dispatch(node) -%}
    {%- set probe = api.Relation.create(identifier=headgate.gate_probe()) -%}
    {%- set answer = adapter.dispatch('create_table_as', 'dbt')(false, probe, 'select 1') -%}
    {%- if answer | trim != '-- headgate' -%}
        {%- do headgate.refuse_gate(
            node,
            'no gate is in its way; add to dbt_project.yml: dispatch: [{macro_namespace: dbt, search_order: ['
            ~ project_name ~ ', headgate, dbt]}]'
        ) -%}
    {%- endif -%}
{%- endmacro %}
