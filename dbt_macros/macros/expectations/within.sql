{#- Bounds in words. -#}
{% macro within(min_value, max_value, strict_min=false, strict_max=false) -%}
    {%- set found = [] -%}
    {%- do found.append(('greater than ' if strict_min else 'at least ') ~ min_value) if min_value is not none -%}
    {%- do found.append(('less than ' if strict_max else 'at most ') ~ max_value) if max_value is not none -%}
    {{ return(found | join(' and ')) }}
{%- endmacro %}
