{#- args.declared: the columns of the contract. -#}
{% macro examine_no_extra_columns(check, columns) -%}
    {%- set extra = columns.keys() | reject('in', headgate.argument(check, 'declared')) | list -%}
    {%- set shown = "'" ~ extra[:8] | join("', '") ~ "'" ~ (', …' if extra | length > 8 else '') -%}
    {{ return({'found': (extra | length) ~ ' not in the contract: ' ~ shown if extra else none}) }}
{%- endmacro %}
