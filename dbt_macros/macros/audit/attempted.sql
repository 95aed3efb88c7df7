{#- SQL that runs `statements`, and on PostgreSQL only warns where one fails: an audit must not fail what it observes. -#}
{% macro attempted(statements) -%}
    {{ return(adapter.dispatch('attempted', 'headgate')(statements)) }}
{%- endmacro %}

{% macro default__attempted(statements) -%}
    {{ return(statements | join(';\n')) }}
{%- endmacro %}

{% macro postgres__attempted(statements) -%}
    {%- set body = "begin\n" ~ statements | join(';\n') ~ ";\nexception when others then raise warning 'headgate_audit: %', sqlerrm;\nend" -%}
    {{ return('do ' ~ headgate.literal(body)) }}
{%- endmacro %}
