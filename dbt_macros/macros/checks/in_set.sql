{#- args.values, args.type. Present, and none of the values: a NULL is expected. -#}
{% macro in_set(check, columns) -%}
    {%- set value = headgate.column(check.columns[0]) -%}
    {%- set allowed = headgate.literals(headgate.argument(check, 'values'), check, columns) -%}
    {{ return(
        '(' ~ value ~ ' is not null and ' ~ value ~ ' not in (' ~ allowed | join(', ') ~ '))' if allowed
        else value ~ ' is not null'
    ) }}
{%- endmacro %}
