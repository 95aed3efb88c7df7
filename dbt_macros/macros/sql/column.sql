{#- A column of the relation under check, which the scan calls __headgate_data. -#}
{% macro column(name) -%}
    {{ return(headgate.quoted('__headgate_data') ~ '.' ~ headgate.quoted(name)) }}
{%- endmacro %}
