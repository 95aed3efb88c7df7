{#- Types of one family have a form in common; empty for a type whose values are not compared. -#}
{% macro family_of(type) -%}
    {%- set logical = headgate.logical_types({'dtype': type, 'numeric_scale': none}) -%}
    {%- if 'number' in logical -%}{{ return('number') }}{%- endif -%}
    {%- if 'date or timestamp' in logical -%}{{ return('moment') }}{%- endif -%}
    {%- set known = logical | select('in', ['string', 'boolean', 'time']) | list -%}
    {{ return(known[0] if logical | length == 1 and known else '') }}
{%- endmacro %}
