{#-
    The columns that both sides have, by name, without keys and those that are left out, as pairs; and in words, which
    only one side has.
-#}
{% macro columns_to_compare(model, to, keys, left_out) -%}
    {%- set without = left_out | map('lower') | list + keys | map(attribute='own') | map('lower') | list -%}
    {%- set sides = [{}, {}] -%}
    {%- for relation in [model, to] -%}
        {%- set side = sides[loop.index0] -%}
        {%- for name in headgate.columns_of(relation) if name | lower not in without -%}
            {%- do side.update({name | lower: name}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set pairs, alone = [], [] -%}
    {%- for low, name in sides[0].items() if low in sides[1] -%}
        {%- do pairs.append({'own': name, 'other': sides[1][low]}) -%}
    {%- endfor -%}
    {%- for here, there, relation in [(sides[0], sides[1], model), (sides[1], sides[0], to)] -%}
        {%- set only = [] -%}
        {%- for low, name in here.items() if low not in there -%}{%- do only.append(name) -%}{%- endfor -%}
        {%- do alone.append(only | join(', ') ~ ' only in ' ~ headgate.side_name(relation)) if only -%}
    {%- endfor -%}
    {{ return({'pairs': pairs, 'alone': alone | join('; ')}) }}
{%- endmacro %}
