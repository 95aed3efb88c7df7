{#- A name as SQL has it. -#}
{% macro quoted(name) -%}
    {#- adapter.quote puts quotes around a name and leaves those inside it. -#}
    {%- set mark = adapter.quote('')[0] -%}
    {{ return(adapter.quote(name | string | replace(mark, mark ~ mark))) }}
{%- endmacro %}
