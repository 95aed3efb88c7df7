{#-
    The condition under which two values differ: |a - b| > max(absolute, relative * max(|a|, |b|)) where there is a
    tolerance and both are numbers.
-#}
{% macro apart(one, a, b, tolerances) -%}
    {%- set said = tolerances.columns.get(one.name, tolerances) -%}
    {%- set exact = headgate.fraction(said.absolute)[0] == 0 and headgate.fraction(said.relative)[0] == 0 -%}
    {%- set differ = a ~ ' is distinct from ' ~ b -%}
    {%- if one.family != 'number' or (exact and not one.get('rounded')) -%}{{ return(differ) }}{%- endif -%}
    {#- Sums of floating-point numbers depend on the order of the rows. -#}
    {%- set relative = '0.000000001' if exact else said.relative -%}
    {%- set sizes = ['abs(cast(' ~ a ~ ' as double precision))', 'abs(cast(' ~ b ~ ' as double precision))'] -%}
    {%- set size = 'greatest(' ~ sizes | join(', ') ~ ')' -%}
    {%- set bound = 'greatest(cast(' ~ said.absolute ~ ' as double precision), cast(' ~ relative
        ~ ' as double precision) * ' ~ size ~ ')' -%}
    {#- A difference that is the tolerance must not be more by a rounding of its last digit. -#}
    {%- set near = size ~ " < cast('Infinity' as double precision) and abs(cast(" ~ a ~ ' - ' ~ b
        ~ ' as double precision)) <= ' ~ bound ~ ' * (1 + cast(0.000000000001 as double precision))' -%}
    {{ return('(' ~ differ ~ ' and not coalesce(' ~ near ~ ', false))') }}
{%- endmacro %}
