{#- What is wrong with the columns, in words; none where the column is there. -#}
{% macro column_exists(check, columns) -%}
    {{ return(none if check.columns[0] in columns else 'the column is missing') }}
{%- endmacro %}
