{#- Run SQL in dbt's transaction; run_query would begin one that adapter.commit() does not know. -#}
{% macro run_statement(sql) -%}
    {%- call statement('headgate', auto_begin=True) -%}{{ sql }}{%- endcall -%}
{%- endmacro %}
