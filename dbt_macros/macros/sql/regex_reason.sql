{#- Why the adapter cannot execute the RE2 pattern; none where it can. -#}
{% macro regex_reason(pattern) -%}
    {{ return(adapter.dispatch('regex_reason', 'headgate')(pattern)) }}
{%- endmacro %}

{% macro default__regex_reason(pattern) -%}
    {{ return(none) }}
{%- endmacro %}

{% macro postgres__regex_reason(pattern) -%}
    {{ return('PostgreSQL has no equivalent of the pattern' if headgate.postgres_pattern(pattern) is none else none) }}
{%- endmacro %}
