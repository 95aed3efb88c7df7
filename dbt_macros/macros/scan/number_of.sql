{#-
    The number that a text says, with a sign, decimals or an exponent, as macros/scan/value_of.sql has it. It has at most
    18 decimals, as bounds have, and a last one, 1, that stands for any that were cut off: a bound is above or below it as
    it is above or below the number itself.
-#}
{% macro number_of(text) -%}
    {%- set zeros = '0000000000000000000000000000000000000000' -%}
    {%- set too_long = {'reason': 'the query gave a number of more than 18 digits'} -%}
    {%- set parts = headgate.whole_match('([-+]?)0*([0-9]+)(?:[.]([0-9]*))?(?:[eE]([-+]?[0-9]+))?', text) -%}
    {%- set exponent = (parts.group(4) or 0) | int if parts else 0 -%}
    {%- if not parts -%}
        {{ return({'reason': 'the query gave neither a number nor a boolean'}) }}
    {%- elif exponent > 18 or exponent < -40 -%}
        {{ return(too_long) }}
    {%- endif -%}
    {%- set after_point, shifted = parts.group(3) or '', [0, exponent] | max -%}
    {%- set digits = parts.group(2) ~ after_point ~ zeros[:shifted] -%}
    {%- set scale = after_point | length - exponent + shifted -%}
    {%- set digits = zeros[:([0, scale - digits | length + 1] | max)] ~ digits -%}
    {%- set whole, decimals = digits[:digits | length - scale], digits[digits | length - scale:] -%}
    {%- set cut = decimals[18:] | replace('0', '') -%}
    {%- set decimals = decimals[:18] ~ ('1' if cut else '') -%}
    {%- if not headgate.whole_match('0*[0-9]{1,18}', whole) -%}
        {{ return(too_long) }}
    {%- elif not decimals | replace('0', '') -%}
        {{ return({'number': (parts.group(1) ~ whole) | int}) }}
    {%- endif -%}
    {{ return({'number': parts.group(1) ~ whole ~ '.' ~ decimals, 'text': text}) }}
{%- endmacro %}
