{#- The SQL that makes dbt's relation of the stage, after which no rejected build is left. -#}
{% macro publish(built) -%}
    {%- do headgate.run_statement('drop table if exists ' ~ headgate.beside('__rejected')) -%}
    {{ return(headgate.moved(built)) }}
{%- endmacro %}
