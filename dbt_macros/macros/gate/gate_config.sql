{#- `config.meta.headgate` of a model; none where it has no gate. -#}
{% macro gate_config(node) -%}
    {%- set meta = node.config.meta -%}
    {{ return(meta.get('headgate') if meta is mapping else none) }}
{%- endmacro %}
