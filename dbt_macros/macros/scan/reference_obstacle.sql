{#- Why the keys of `check` cannot be looked up in the relation that they refer to; none where they can. -#}
{% macro reference_obstacle(check, columns) -%}
    {%- set relation = headgate.referenced(check) -%}
    {%- if load_relation(relation) is none -%}
        {{ return('the referenced relation ' ~ relation ~ ' was not found') }}
    {%- endif -%}
    {%- set there = headgate.columns_of(relation) -%}
    {%- for name in headgate.argument(check, 'to_columns') -%}
        {%- if name not in there -%}
            {{ return('the column ' ~ name ~ ' of ' ~ relation ~ ' is missing') }}
        {%- endif -%}
        {%- set here = columns[check.columns[loop.index0]] -%}
        {%- set kinds = there[name].logical | map('replace', 'integer', 'number') | list -%}
        {%- if not here.logical | map('replace', 'integer', 'number') | select('in', kinds) | list -%}
            {%- set theirs = name ~ ' of ' ~ relation ~ ' is ' ~ there[name].type -%}
            {{ return(check.columns[loop.index0] ~ ' is ' ~ here.type ~ ', and ' ~ theirs) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}
