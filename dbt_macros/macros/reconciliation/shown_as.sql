{#- What a column of the result is called: as the expression, where that is a name, else by its place. -#}
{% macro shown_as(one, suffix='') -%}
    {%- set plain = headgate.whole_match('[A-Za-z_][A-Za-z0-9_]{0,40}', one.name) -%}
    {{ return(headgate.quoted((one.name if plain else 'value_' ~ one.alias) ~ suffix)) }}
{%- endmacro %}
