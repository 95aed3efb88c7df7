{#- args.values or args.pattern; with both, a value must satisfy both. A NULL is neither valid nor invalid. -#}
{% macro valid(check, columns) -%}
    {%- set args = check.get('args', {}) -%}
    {%- set parts = [] -%}
    {%- if args.get('values') is not none -%}{%- do parts.append(headgate.in_set(check, columns)) -%}{%- endif -%}
    {%- if args.get('pattern') is not none -%}{%- do parts.append(headgate.matches(check)) -%}{%- endif -%}
    {%- if not parts -%}{%- do headgate.argument(check, 'values') -%}{%- endif -%}
    {{ return('(' ~ parts | join(' or ') ~ ')') }}
{%- endmacro %}
