{#- `mostly` as [numerator, denominator]. -#}
{% macro share(name, mostly) -%}
    {%- set found = headgate.fraction(mostly) -%}
    {%- if found[0] < 0 or found[0] > found[1] -%}
        {{ exceptions.raise_compiler_error("headgate." ~ name ~ ": mostly is " ~ mostly ~ "; expected 0 to 1") }}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
