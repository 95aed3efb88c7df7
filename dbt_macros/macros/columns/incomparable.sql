{#-
    Why a column cannot be compared with values of the logical type `kind`; none where it can. The databases convert
    between some types and fail on others, each in its own way: what they would make of it is not the contract's rule.
-#}
{% macro incomparable(column, kind) -%}
    {%- for family in [['integer', 'number'], ['date', 'timestamp'], [kind]] if kind in family -%}
        {%- if column.logical | select('in', family) | list -%}{{ return(none) }}{%- endif -%}
    {%- endfor -%}
    {{ return('the column is ' ~ column.type ~ ', not ' ~ kind) }}
{%- endmacro %}
