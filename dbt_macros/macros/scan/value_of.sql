{#-
    What the database gave for a query of a contract: {number}, or {reason} where it is none, which never tells what it
    gave; `nothing` is the reason where it may give NULL. `number` is what is compared: an integer, or a text without exponent, and `text` is then what is shown.
-#}
{% macro value_of(given, nothing=none) -%}
    {%- if given is none -%}
        {{ return({'reason': nothing or 'the query gave NULL; it must give a number or a boolean'}) }}
    {%- elif given in ('true', 'false', True, False) -%}
        {{ return({'number': 1 if given in ('true', True) else 0}) }}
    {%- elif headgate.whole_match('[0-9]{1,18}', given | string) -%}
        {{ return({'number': given | int}) }}
    {%- endif -%}
    {{ return(headgate.number_of(given | string)) }}
{%- endmacro %}
