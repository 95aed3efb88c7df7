{#- The SQL that gives a table the name of another relation in its schema. -#}
{% macro renaming(table, relation, if_exists=false) -%}
    {%- set named = ('if exists ' if if_exists else '') ~ table -%}
    {{ return('alter table ' ~ named ~ ' rename to ' ~ relation.include(database=false, schema=false)) }}
{%- endmacro %}
