{#-
    An expression as it is compared with one of the type `beside`. A timestamp without a zone is of UTC; a number of
    single precision is the one that it is written as.
-#}
{% macro in_common_form(expression, type, beside) -%}
    {%- if headgate.is_zoned(type) and not headgate.is_zoned(beside) -%}
        {{ return('((' ~ expression ~ ") at time zone 'UTC')") }}
    {%- elif type | upper in ['FLOAT', 'REAL'] and type != beside -%}
        {{ return('cast(cast(' ~ expression ~ ' as text) as double precision)') }}
    {%- endif -%}
    {{ return('(' ~ expression ~ ')') }}
{%- endmacro %}
