{#-
    Whether `measured` (unexpected rows, or the value of a table-level check) is as `expect` says. All numbers are
    whole, so that nothing is rounded: a percentage is compared as 100 * measured with bound * rows.
-#}
{% macro holds(expect, measured, rows) -%}
    {%- set percent = expect.get('unit') == 'percent' -%}
    {%- set signs = [] -%}
    {%- for bound in expect.bounds -%}
        {%- set numerator, denominator = headgate.fraction(bound) -%}
        {%- set left = measured * denominator * (100 if percent else 1) -%}
        {%- set right = numerator * (rows if percent else 1) -%}
        {%- do signs.append((left > right) | int - (left < right) | int) -%}
    {%- endfor -%}
    {%- set inside = signs[0] >= 0 and signs[-1] <= 0 -%}
    {{ return({
        '=': signs[0] == 0, '!=': signs[0] != 0, '>': signs[0] > 0, '>=': signs[0] >= 0, '<': signs[0] < 0,
        '<=': signs[0] <= 0, 'between': inside, 'not between': not inside
    }[expect.operator]) }}
{%- endmacro %}
