{#- What a check without `expect` expects. -#}
{% macro not_a_single_one() -%}
    {{ return({'operator': '=', 'bounds': [0]}) }}
{%- endmacro %}
