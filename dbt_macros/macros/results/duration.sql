{#- A number of seconds in words: days and hours, or hours and minutes, or minutes and seconds. -#}
{% macro duration(seconds) -%}
    {%- for name, size, below, part in [('d', 86400, 'h', 3600), ('h', 3600, 'min', 60)] if seconds >= size -%}
        {{ return(seconds // size ~ ' ' ~ name ~ ' ' ~ seconds % size // part ~ ' ' ~ below) }}
    {%- endfor -%}
    {{ return(seconds // 60 ~ ' min ' ~ seconds % 60 ~ ' s') }}
{%- endmacro %}
