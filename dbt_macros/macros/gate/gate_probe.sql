{#- The name of a relation that no project has; headgate's create_table_as knows itself by it. -#}
{% macro gate_probe() -%}
    {{ return('__headgate_probe') }}
{%- endmacro %}
