{#- The condition under which `value` lies outside the bounds of `check`; NULL does not. -#}
{% macro outside(value, check, columns) -%}
    {%- set args = check.get('args', {}) -%}
    {%- set parts = [] -%}
    {%- set ends = [('minimum', ' <= ', ' < '), ('maximum', ' >= ', ' > ')] -%}
    {%- for end, open, closed in ends if args.get(end) is not none -%}
        {%- set bound = headgate.literals([args[end]], check, columns)[0] -%}
        {%- do parts.append(value ~ (open if args.get('strict_' ~ end) else closed) ~ bound) -%}
    {%- endfor -%}
    {%- if not parts -%}{%- do headgate.argument(check, 'minimum') -%}{%- endif -%}
    {{ return('coalesce(' ~ parts | join(' or ') ~ ', false)') }}
{%- endmacro %}
