{#- Why the rows cannot be measured, found out before the database would fail on it; none where they can. -#}
{% macro obstacle(check, columns) -%}
    {%- set args = check.get('args', {}) -%}
    {%- if args.get('zone') and not columns[check.columns[0]].zoned -%}
        {{ return('values in ' ~ args.zone ~ ' in a column without time zone') }}
    {%- endif -%}
    {%- if check.type in ('matches', 'valid') and args.get('pattern') is not none -%}
        {{ return(headgate.regex_reason(args.pattern)) }}
    {%- endif -%}
    {%- if check.type == 'foreign_key' -%}
        {{ return(headgate.reference_obstacle(check, columns)) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
