{#-
    Whether `measured` (unexpected rows, or the value of a table-level check; a decimal is a text) is as `expect` says.
    All numbers are whole, so that nothing is rounded: a percentage is compared as 100 * measured with bound * rows.
-#}
{% macro holds(expect, measured, rows) -%}
    {%- set percent = expect.get('unit') == 'percent' -%}
    {%- set decimals = (measured | string).split('.')[1:] | join | length -%}
    {%- set top, bottom = measured | string | replace('.', '') | int, 10 ** decimals -%}
    {%- set signs = [] -%}
    {%- for bound in expect.bounds -%}
        {%- set numerator, denominator = headgate.fraction(bound) -%}
        {%- set left = top * denominator * (100 if percent else 1) -%}
        {%- set right = numerator * bottom * (rows if percent else 1) -%}
        {%- do signs.append((left > right) | int - (left < right) | int) -%}
    {%- endfor -%}
    {%- set inside = signs[0] >= 0 and signs[-1] <= 0 -%}
    {{ return({
        '=': signs[0] == 0, '!=': signs[0] != 0, '>': signs[0] > 0, '>=': signs[0] >= 0, '<': signs[0] < 0,
        '<=': signs[0] <= 0, 'between': inside, 'not between': not inside
    }[expect.operator]) }}
{%- endmacro %}
