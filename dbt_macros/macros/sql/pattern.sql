{#- The RE2 pattern as a literal that the adapter matches with the same meaning; see macros/sql/regex_reason.sql. -#}
{% macro pattern(pattern) -%}
    {{ return(adapter.dispatch('pattern', 'headgate')(pattern)) }}
{%- endmacro %}

{% macro default__pattern(pattern) -%}
    {{ return(headgate.literal(pattern)) }}
{%- endmacro %}

{% macro postgres__pattern(pattern) -%}
    {{ return(headgate.literal(headgate.postgres_pattern(pattern))) }}
{%- endmacro %}
