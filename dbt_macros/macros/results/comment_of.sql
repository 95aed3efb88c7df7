{#- A value as JSON in a comment of SQL, between `/*headgate-<name>:` and `:headgate-<name>*/`. -#}
{% macro comment_of(name, value) -%}
    {#- Without an asterisk nothing in it can begin or end a comment. -#}
/*headgate-{{ name }}:{{ tojson(value) | replace('*', '\\u002a') }}:headgate-{{ name }}*/
{%- endmacro %}
