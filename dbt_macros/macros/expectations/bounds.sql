{#- The arguments of a check of values between bounds. -#}
{% macro bounds(min_value, max_value, strict_min, strict_max) -%}
    {%- set found = {} -%}
    {%- do found.update({'minimum': min_value, 'strict_minimum': strict_min}) if min_value is not none -%}
    {%- do found.update({'maximum': max_value, 'strict_maximum': strict_max}) if max_value is not none -%}
    {{ return(found) }}
{%- endmacro %}
