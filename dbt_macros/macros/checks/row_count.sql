{% macro row_count() -%}
    {{ return('count(*)') }}
{%- endmacro %}
