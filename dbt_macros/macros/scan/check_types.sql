{#- The check types that dbt can be asked for: those of headgate's catalogue. -#}
{% macro check_types() -%}
    {{ return([
        'column_exists', 'no_extra_columns', 'type', 'physical_type', 'timezone', 'not_null', 'not_in_set', 'unique',
        'in_set', 'matches', 'valid', 'between', 'length_between', 'foreign_key', 'row_count'
    ]) }}
{%- endmacro %}
