{#- Expressions of both sides, as a list of {own, other}: of `column`, or `{own: other}`, one or a list. -#}
{% macro pairs_of(test, word, value) -%}
    {%- set found = [] -%}
    {%- for each in ([value] if value is string or value is number or value is mapping else value) -%}
        {%- if each is mapping -%}
            {%- for own, other in each.items() -%}
                {%- do found.append({'own': own | string, 'other': other | string}) -%}
            {%- endfor -%}
        {%- elif each is string or each is integer -%}
            {%- do found.append({'own': each | string, 'other': each | string}) -%}
        {%- else -%}
            {{ exceptions.raise_compiler_error(
                "headgate." ~ test ~ ": '" ~ word ~ "' takes columns, or {here: there}, not " ~ each
            ) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
