{#- Which rows are not looked at, in the words of the check types. -#}
{% macro rows_ignored(name, ignore_row_if) -%}
    {%- set known = {
        'all_values_are_missing': 'all', 'both_values_are_missing': 'all', 'any_value_is_missing': 'any',
        'either_value_is_missing': 'any', 'never': 'never'
    } -%}
    {%- if ignore_row_if not in known -%}
        {{ exceptions.raise_compiler_error(
            "headgate." ~ name ~ ": ignore_row_if is '" ~ ignore_row_if ~ "'; expected one of " ~ known | join(', ')
        ) }}
    {%- endif -%}
    {{ return(known[ignore_row_if]) }}
{%- endmacro %}
