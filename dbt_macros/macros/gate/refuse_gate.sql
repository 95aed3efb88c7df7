{% macro refuse_gate(node, reason) -%}
    {{ exceptions.raise_compiler_error("headgate: the model '" ~ node.name ~ "' has meta.headgate, but " ~ reason) }}
{%- endmacro %}
