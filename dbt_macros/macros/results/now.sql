{#- The moment that the age of data is measured at: HEADGATE_NOW of the environment, else when dbt was started. -#}
{% macro now() -%}
    {%- set said = env_var('HEADGATE_NOW', '') or run_started_at.strftime('%Y-%m-%dT%H:%M:%S+00:00') -%}
    {%- set moment = '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})' -%}
    {%- if not headgate.whole_match(moment, said) -%}
        {{ exceptions.raise_compiler_error(
            "headgate: HEADGATE_NOW is '" ~ said ~ "'; expected a moment with its zone, such as 2026-03-02T06:00:00+00:00"
        ) }}
    {%- endif -%}
    {{ return(said) }}
{%- endmacro %}
