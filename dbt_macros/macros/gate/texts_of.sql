{#- An array of the texts that are not null. -#}
{% macro texts_of(texts) -%}
    {{ return(adapter.dispatch('texts_of', 'headgate')(texts)) }}
{%- endmacro %}

{% macro duckdb__texts_of(texts) -%}
    {{ return('[each for each in cast([' ~ texts | join(', ') ~ '] as varchar[]) if each is not null]') }}
{%- endmacro %}

{% macro postgres__texts_of(texts) -%}
    {{ return('array_remove(cast(array[' ~ texts | join(', ') ~ '] as varchar[]), null)') }}
{%- endmacro %}
