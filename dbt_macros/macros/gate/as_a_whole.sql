{#- SQL that publishes rows of a model: as it is, or as one transaction where dbt has none. -#}
{% macro as_a_whole(sql) -%}
    {{ return(sql if headgate.has_transactions() or not headgate.has_gate() else headgate.in_one_transaction([sql])) }}
{%- endmacro %}
