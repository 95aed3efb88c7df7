{#- Why `check` cannot look into the relation that it refers to, for its keys if it has some; none where it can. -#}
{% macro reference_obstacle(check, columns) -%}
    {%- set relation = headgate.referenced(check) -%}
    {%- if relation is string -%}
        {#- A subquery of the gate, over the model's own rows. -#}
        {{ return(none) }}
    {%- elif load_relation(relation) is none -%}
        {{ return('the referenced relation ' ~ relation ~ ' was not found') }}
    {%- endif -%}
    {%- set there = headgate.columns_of(relation) -%}
    {%- for name in check.get('args', {}).get('to_columns', []) -%}
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
