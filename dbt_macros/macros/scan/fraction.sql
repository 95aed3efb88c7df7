{#- A number of the contract (an integer, a float, or a decimal in quotes) as [numerator, denominator], exactly. -#}
{% macro fraction(number) -%}
    {%- set parts = modules.re.fullmatch('([-+]?[0-9]+)(?:[.]([0-9]+))?', number | string) -%}
    {%- if not parts -%}
        {{ exceptions.raise_compiler_error(
            "headgate: '" ~ number ~ "' is no number; write decimals in quotes, like '0.05'"
        ) }}
    {%- endif -%}
    {%- set decimals = parts.group(2) or '' -%}
    {{ return([(parts.group(1) ~ decimals) | int, 10 ** (decimals | length)]) }}
{%- endmacro %}
