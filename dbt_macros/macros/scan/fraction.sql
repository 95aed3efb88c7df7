{#- A number of the contract (an integer, a float, or a decimal in quotes) as [numerator, denominator], exactly. -#}
{% macro fraction(number) -%}
    {%- set parts = headgate.whole_match('([-+]?[0-9]+)(?:[.]([0-9]+))?', number | string) -%}
    {%- if not parts -%}
        {{ exceptions.raise_compiler_error(
            "headgate: '" ~ number ~ "' is not a number; write decimals in quotes, like '0.05'"
        ) }}
    {%- endif -%}
    {%- set decimals = parts.group(2) or '' -%}
    {%- if (parts.group(1) ~ decimals) | replace('-', '') | replace('+', '') | length > 18 -%}
        {#- Products with numbers of rows must stay within the 128 bits that dbt v2 counts in. -#}
        {{ exceptions.raise_compiler_error("headgate: '" ~ number ~ "' has more than 18 digits") }}
    {%- endif -%}
    {{ return([(parts.group(1) ~ decimals) | int, 10 ** (decimals | length)]) }}
{%- endmacro %}
