{#- The condition that a row of headgate.marked breaks a rule. -#}
{% macro has_reasons() -%}
    {{ return('(cardinality(headgate_reasons) > 0)' if target.type == 'postgres' else '(len(headgate_reasons) > 0)') }}
{%- endmacro %}
