{#- The match of the pattern with the whole text; none where there is no such. dbt v2 has no true re.fullmatch. -#}
{% macro whole_match(pattern, text) -%}
    {{ return(modules.re.match('(?:' ~ pattern ~ ')$(?!\\n)', text)) }}
{%- endmacro %}
