{#- How a number is compared with the bounds of an expectation, as `expect` of a check. -#}
{% macro comparison(name, min_value, max_value) -%}
    {%- if min_value is none and max_value is none -%}
        {{ exceptions.raise_compiler_error("headgate." ~ name ~ " needs min_value or max_value") }}
    {%- elif max_value is none -%}
        {{ return({'operator': '>=', 'bounds': [min_value]}) }}
    {%- elif min_value is none -%}
        {{ return({'operator': '<=', 'bounds': [max_value]}) }}
    {%- endif -%}
    {{ return({'operator': 'between', 'bounds': [min_value, max_value]}) }}
{%- endmacro %}
