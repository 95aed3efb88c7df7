{#- {absolute, relative} as text; '0' where nothing is said. -#}
{% macro tolerance_of(test, said) -%}
    {%- set found = {} -%}
    {%- for word in ['absolute', 'relative'] -%}
        {%- set number = said.get(word, 0) -%}
        {%- if headgate.fraction(number)[0] < 0 -%}
            {{ exceptions.raise_compiler_error(
                "headgate." ~ test ~ ": tolerance." ~ word ~ " is " ~ number ~ "; expected 0 or more"
            ) }}
        {%- endif -%}
        {%- do found.update({word: number | string}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
