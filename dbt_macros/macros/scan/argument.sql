{#- An argument that the type of `check` cannot do without. -#}
{% macro argument(check, name) -%}
    {%- set args = check.get('args', {}) -%}
    {%- if args.get(name) is none -%}
        {{ exceptions.raise_compiler_error(
            "headgate: check '" ~ check.key ~ "' of type '" ~ check.type ~ "' needs args." ~ name
        ) }}
    {%- endif -%}
    {{ return(args[name]) }}
{%- endmacro %}
