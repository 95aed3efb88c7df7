{#- Whether the RE2 pattern is found in `text`, a SQL expression. -#}
{% macro regex_found(text, pattern) -%}
    {{ return(adapter.dispatch('regex_found', 'headgate')(text, pattern)) }}
{%- endmacro %}

{% macro default__regex_found(text, pattern) -%}
    {{ exceptions.raise_compiler_error(
        "headgate: no regular expressions on " ~ target.type ~ "; they work on duckdb and postgres"
    ) }}
{%- endmacro %}

{% macro duckdb__regex_found(text, pattern) -%}
    {{ return('regexp_matches(' ~ text ~ ', ' ~ headgate.literal(pattern) ~ ')') }}
{%- endmacro %}

{% macro postgres__regex_found(text, pattern) -%}
    {{ return('(' ~ text ~ ' ~ ' ~ headgate.literal(headgate.postgres_pattern(pattern)) ~ ')') }}
{%- endmacro %}
