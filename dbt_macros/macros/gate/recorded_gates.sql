{#- What the gates of this run did so far; see macros/gate/record_gate.sql. -#}
{% macro recorded_gates() -%}
    {%- if 'headgate_gates' in graph -%}{{ return(graph.headgate_gates) }}{%- endif -%}
    {%- set gates = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and headgate.gate_config(node) is not none -%}
        {%- do gates.extend(node.config.meta.get('headgate_gates', [])) -%}
    {%- endfor -%}
    {{ return(gates) }}
{%- endmacro %}
