{#- Names of columns as a list of SQL. -#}
{% macro listed(names) -%}
    {%- set found = [] -%}
    {%- for name in names -%}{%- do found.append(headgate.quoted(name)) -%}{%- endfor -%}
    {{ return(found | join(', ')) }}
{%- endmacro %}
