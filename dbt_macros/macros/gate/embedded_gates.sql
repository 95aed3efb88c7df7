{#-
    Called by on-run-end: what the gates of this run did, as JSON in a comment. dbt leaves the compiled SQL of a hook in
    target/, also of a run whose models failed.
-#}
{% macro embedded_gates() -%}
    {%- if execute -%}
        {%- set gates = graph.headgate_gates or [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and headgate.gate_config(node) is not none -%}
            {%- do gates.extend(node.config.meta.get('headgate_gates', [])) -%}
        {%- endfor -%}
        {%- if gates -%}
{{ headgate.comment_of('gates', gates) }}
select 1
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
