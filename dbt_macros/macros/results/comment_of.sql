{#- A value as JSON in a comment of SQL, between `/*headgate-<name>:` and `:headgate-<name>*/`. -#}
{% macro comment_of(name, value) -%}
    {#- Without an asterisk nothing in it can begin or end a comment. -#}
    {%- set json = tojson(value) | replace('*', '\\u002a') -%}
    {#- dbt v2 renders what a hook returns once more: no text of a contract or of data may be Jinja there. -#}
    {%- set json = json | replace('{' ~ '{', '\\u007b\\u007b') -%}
    {%- set json = json | replace('{' ~ '%', '\\u007b%') | replace('{' ~ '#', '\\u007b#') -%}
/*headgate-{{ name }}:{{ json }}:headgate-{{ name }}*/
{%- endmacro %}
