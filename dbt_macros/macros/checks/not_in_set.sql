{#- args.values, args.type. One of the values; NULL only where null is among them. -#}
{% macro not_in_set(check, columns) -%}
    {%- set value = headgate.column(check.columns[0]) -%}
    {%- set values = headgate.argument(check, 'values') -%}
    {%- set refused = headgate.literals(values, check, columns) -%}
    {%- set parts = [] -%}
    {%- if none in values -%}{%- do parts.append(value ~ ' is null') -%}{%- endif -%}
    {%- if refused -%}
        {%- do parts.append('(' ~ value ~ ' is not null and ' ~ value ~ ' in (' ~ refused | join(', ') ~ '))') -%}
    {%- endif -%}
    {{ return('(' ~ parts | join(' or ') ~ ')' if parts else 'false') }}
{%- endmacro %}
