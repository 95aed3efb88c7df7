{#- `settled` in seconds: an ISO 8601 duration of days and shorter (P2D, PT6H), "6 hours", or a number of days. -#}
{% macro seconds_of(test, settled) -%}
    {%- set text = settled | string -%}
    {%- set iso = headgate.whole_match('P(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?', text) -%}
    {%- set words = headgate.whole_match('([0-9]+)(?: (day|hour)s?)?', text) -%}
    {%- if iso and text not in ('P', 'PT') -%}
        {%- set seconds = namespace(value=0) -%}
        {%- for size in [604800, 86400, 3600, 60, 1] -%}
            {%- set seconds.value = seconds.value + (iso.group(loop.index) or 0) | int * size -%}
        {%- endfor -%}
        {{ return(seconds.value) }}
    {%- elif words -%}
        {{ return(words.group(1) | int * (3600 if words.group(2) == 'hour' else 86400)) }}
    {%- endif -%}
    {{ exceptions.raise_compiler_error(
        "headgate." ~ test ~ ": settled is '" ~ text ~ "'; expected days or hours, such as P2D, PT6H, '6 hours' or 2"
    ) }}
{%- endmacro %}
