{#-
    Whether a decimal of one type is exact in the one that both types become. DuckDB rounds where that would have
    more than 38 digits; PostgreSQL's numbers have no limit.
-#}
{% macro has_common_scale(types) -%}
    {%- set whole, scales = [], [] -%}
    {%- for type in types -%}
        {%- set decimal = modules.re.match('DECIMAL[(]([0-9]+),([0-9]+)[)]', type) -%}
        {%- if decimal -%}
            {%- do whole.append(decimal.group(1) | int - decimal.group(2) | int) -%}
            {%- do scales.append(decimal.group(2) | int) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(scales | length < 2 or whole | max + scales | max <= 38) }}
{%- endmacro %}
