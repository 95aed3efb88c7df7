{#- The columns of a relation as they are now: name -> {type, logical, zoned}. -#}
{% macro columns_of(relation) -%}
    {%- set found = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do found.update({column.name: {
            'type': column.dtype,
            'logical': headgate.logical_types(column),
            'zoned': (column.dtype | upper).endswith('WITH TIME ZONE')
        }}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
