{#- The columns of a relation, or of a subquery over one, as they are now: name -> {type, logical, zoned}. -#}
{% macro columns_of(relation) -%}
    {%- set found = {} -%}
    {#- adapter.get_columns_in_relation may answer from a cache, and in other words. -#}
    {%- for row in run_query(headgate.columns_query(relation)).rows -%}
        {%- set column = {'dtype': row[1], 'numeric_scale': row[2]} -%}
        {%- do found.update({row[0]: {
            'type': column.dtype,
            'logical': headgate.logical_types(column),
            'zoned': (column.dtype | upper).endswith('WITH TIME ZONE')
        }}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
