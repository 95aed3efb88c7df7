{#- The SQL that gives a table the name of another relation in its schema. -#}
{% macro renaming(table, relation) -%}
    {{ return('alter table ' ~ table ~ ' rename to ' ~ relation.include(database=false, schema=false)) }}
{%- endmacro %}
