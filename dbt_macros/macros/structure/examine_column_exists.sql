{% macro examine_column_exists(check, columns) -%}
    {{ return({'found': none if check.columns[0] in columns else 'the column is missing'}) }}
{%- endmacro %}
