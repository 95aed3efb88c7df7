{#- The values but null, as literals to compare with the column of `check`. -#}
{% macro literals(values, check, columns) -%}
    {%- set zoned = columns[check.columns[0]].zoned -%}
    {%- set found = [] -%}
    {%- for value in values if value is not none -%}
        {%- do found.append(headgate.literal(value, check.get('args', {}).get('type'), zoned)) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
