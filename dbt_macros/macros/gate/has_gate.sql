{#- Whether what dbt builds now is a model with a gate. -#}
{% macro has_gate() -%}
    {{ return(execute and model.resource_type == 'model' and headgate.gate_config(model) is not none) }}
{%- endmacro %}
