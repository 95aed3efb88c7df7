{#- SQL with one semicolon at its end. -#}
{% macro terminated(sql) -%}
    {%- set text = sql | trim -%}
    {{ return(text if text.endswith(';') else text ~ ';') }}
{%- endmacro %}
