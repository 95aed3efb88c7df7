{#- What messages call a side: its table. -#}
{% macro side_name(relation) -%}
    {{ return(modules.re.split('[.]', headgate.relation_name(relation))[-1] | replace('"', '')) }}
{%- endmacro %}
