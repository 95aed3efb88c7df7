{#- Called by on-run-start: raises before anything is built where a model's gate is not, or cannot be, in its way. -#}
{% macro require_gates() -%}
    {%- if execute -%}
        {#- For macros/gate/record_gate.sql. -#}
        {%- do graph.update({'headgate_gates': []}) -%}
    {%- endif -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and headgate.gate_config(node) is not none -%}
            {%- do headgate.validate_gate(node) -%}
            {%- do headgate.require_dispatch(node) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
