{#- Why the rows cannot be measured, found out before the database would fail on it; none where they can. -#}
{% macro obstacle(check, columns) -%}
    {%- set args = check.get('args', {}) -%}
    {%- if check.type in ('in_set', 'not_in_set', 'valid', 'between') and args.get('type') -%}
        {%- set reason = headgate.incomparable(columns[check.columns[0]], args.type) -%}
        {%- if reason -%}{{ return(reason) }}{%- endif -%}
    {%- endif -%}
    {%- if check.type in ('matches', 'valid') and args.get('pattern') is not none -%}
        {{ return(headgate.regex_reason(args.pattern)) }}
    {%- endif -%}
    {%- if check.type == 'foreign_key' -%}
        {{ return(headgate.reference_obstacle(check, columns)) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
