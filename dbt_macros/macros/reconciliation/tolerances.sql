{#-
    How far numbers may be apart: {absolute, relative, allowed, columns}, `allowed` being how many groups or rows
    (`counted`) may differ, and `columns` {name: {absolute, relative}}.
-#}
{% macro tolerances(test, tolerance, counted) -%}
    {%- set known = ['absolute', 'relative', 'columns', counted] -%}
    {%- for word in tolerance if word not in known -%}
        {{ exceptions.raise_compiler_error(
            "headgate." ~ test ~ ": tolerance has '" ~ word ~ "'; expected one of " ~ known | join(', ')
        ) }}
    {%- endfor -%}
    {%- set allowed = tolerance.get(counted, 0) -%}
    {%- if not headgate.whole_match('[0-9]+', allowed | string) -%}
        {{ exceptions.raise_compiler_error(
            "headgate." ~ test ~ ": tolerance." ~ counted ~ " is '" ~ allowed ~ "'; expected a whole number"
        ) }}
    {%- endif -%}
    {%- set columns = {} -%}
    {%- for name, said in tolerance.get('columns', {}).items() -%}
        {%- do columns.update({name: headgate.tolerance_of(test, said)}) -%}
    {%- endfor -%}
    {{ return(dict(headgate.tolerance_of(test, tolerance), allowed=allowed, columns=columns)) }}
{%- endmacro %}
