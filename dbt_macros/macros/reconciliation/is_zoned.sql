{#- Whether a type is that of moments, whatever the session's time zone is. -#}
{% macro is_zoned(type) -%}
    {{ return((type | upper).endswith('WITH TIME ZONE')) }}
{%- endmacro %}
