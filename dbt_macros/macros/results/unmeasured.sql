{#- What the test compiles to where it is not run; should somebody run it, it fails: unknown is not pass. -#}
{% macro unmeasured() -%}
{{ headgate.broken_row('', '', 'error', none, 0, '', 'only dbt build and dbt test measure the checks') }}
{%- endmacro %}
