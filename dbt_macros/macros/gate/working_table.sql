{#-
    A table that the gate works in, beside the model that runs. Two builds may run at once. With transactions the second
    waits for the first; dbt v2 has none, and each build has a table of its own there, which no other puts rows into.
-#}
{% macro working_table(suffix) -%}
    {{ return(headgate.beside(suffix ~ ('' if headgate.has_transactions() else '_' ~ local_md5(invocation_id)[:8]))) }}
{%- endmacro %}
