{#- args.pattern: an RE2 pattern, which must be found somewhere in the value; a NULL is expected. -#}
{% macro matches(check) -%}
    {%- set value = headgate.column(check.columns[0]) -%}
    {%- set found = headgate.regex_found('cast(' ~ value ~ ' as text)', headgate.argument(check, 'pattern')) -%}
    {{ return('(' ~ value ~ ' is not null and not ' ~ found ~ ')') }}
{%- endmacro %}
