{#- Why the rows cannot be measured, found out before the database would fail on it; none where they can. -#}
{% macro obstacle(check, kind, columns) -%}
    {%- set args = check.get('args', {}) -%}
    {%- for name in check.get('columns', []) -%}
        {%- set column = columns[name] -%}
        {%- if kind.wants and not column.logical | select('in', kind.wants) | list -%}
            {{ return(name ~ ' is ' ~ column.type ~ ', none of ' ~ kind.wants | join(', ')) }}
        {%- elif args.get('zone') and not column.zoned -%}
            {{ return('values in ' ~ args.zone ~ ' in a column without time zone') }}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in kind.patterns if args.get(name) is not none -%}
        {%- set patterns = [args[name]] if args[name] is string else args[name] -%}
        {%- for pattern in patterns -%}
            {%- set reason = headgate.regex_reason(pattern) -%}
            {%- if reason -%}{{ return(reason) }}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if 'queried' in kind.facts and args.query is not string and target.type not in args.query -%}
        {{ return(target.type ~ ' has no equivalent of the query') }}
    {%- endif -%}
    {%- for other in args.get('others', []) -%}
        {%- set reason = headgate.reference_obstacle({'args': other}, columns) -%}
        {%- if reason -%}{{ return(reason) }}{%- endif -%}
    {%- endfor -%}
    {{ return(headgate.reference_obstacle(check, columns) if 'refers' in kind.facts else none) }}
{%- endmacro %}
