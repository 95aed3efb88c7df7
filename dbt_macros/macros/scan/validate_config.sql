{#- Raises where the test's own `config:` replaces what the verdict hangs on; `where` and `severity` may stand there. -#}
{% macro validate_config(contract, verdict) -%}
    {%- for name, ours in verdict.items() if config.get(name) != ours -%}
        {{ exceptions.raise_compiler_error(
            "headgate: the test of " ~ contract ~ " has the config '" ~ name ~ "', which would change its verdict;"
            ~ " remove it, and give a rule its severity in the contract"
        ) }}
    {%- endfor -%}
{%- endmacro %}
