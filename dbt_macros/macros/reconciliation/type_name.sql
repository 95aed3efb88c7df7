{#- The SQL of the type of an expression. -#}
{% macro type_name(expression) -%}
    {{ return(adapter.dispatch('type_name', 'headgate')(expression)) }}
{%- endmacro %}

{% macro default__type_name(expression) -%}
    {{ exceptions.raise_compiler_error(
        "headgate: the types of " ~ target.type ~ " are not known; it works on duckdb and postgres"
    ) }}
{%- endmacro %}

{% macro duckdb__type_name(expression) -%}
    {{ return('typeof(' ~ expression ~ ')') }}
{%- endmacro %}

{% macro postgres__type_name(expression) -%}
    {{ return('cast(pg_typeof(' ~ expression ~ ') as text)') }}
{%- endmacro %}
