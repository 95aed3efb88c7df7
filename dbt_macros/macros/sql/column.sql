{#- A column of the relation under check, or of the one that a foreign key refers to. -#}
{% macro column(name, table='data') -%}
    {#- adapter.quote puts quotes around a name and leaves those inside it. -#}
    {%- set mark = adapter.quote('')[0] -%}
    {{ return(table ~ '.' ~ adapter.quote(name | string | replace(mark, mark ~ mark))) }}
{%- endmacro %}
