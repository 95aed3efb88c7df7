{#-
    What is compared with what: {name, alias, own, other, family, inexact} for each pair, `own` and `other` being the SQL
    of both sides in a form that they have in common. Raises where two types have none: nothing is compared as text.
-#}
{% macro matched(test, pairs, model, to, letter) -%}
    {%- set here, there = headgate.columns_of(model), headgate.columns_of(to) -%}
    {%- set own, other, found = [], [], [] -%}
    {%- for pair in pairs -%}
        {%- do own.append(headgate.quoted(pair.own) if pair.own in here else pair.own) -%}
        {%- do other.append(headgate.quoted(pair.other) if pair.other in there else pair.other) -%}
    {%- endfor -%}
    {%- set own_types, other_types = headgate.types_of(own, model), headgate.types_of(other, to) -%}
    {%- for pair in pairs -%}
        {%- set types = [own_types[loop.index0], other_types[loop.index0]] -%}
        {%- set family = headgate.family_of(types[0]) -%}
        {%- if not family or family != headgate.family_of(types[1]) or not headgate.has_common_scale(types) -%}
            {{ exceptions.raise_compiler_error(
                "headgate." ~ test ~ ": " ~ pair.own ~ " is " ~ types[0] ~ ", and " ~ pair.other ~ " of "
                ~ headgate.side_name(to) ~ " is " ~ types[1] ~ ": these types have no form in common"
            ) }}
        {%- endif -%}
        {%- do found.append({
            'name': pair.own,
            'alias': letter ~ loop.index0,
            'own': headgate.in_common_form(own[loop.index0], types[0], types[1]),
            'other': headgate.in_common_form(other[loop.index0], types[1], types[0]),
            'family': family,
            'inexact': types | map('upper') | select('in', ['FLOAT', 'DOUBLE', 'REAL', 'DOUBLE PRECISION']) | list != [],
            'dated': 'DATE' in types | map('upper') | list,
            'zoned': headgate.is_zoned(types[0]) and headgate.is_zoned(types[1])
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
