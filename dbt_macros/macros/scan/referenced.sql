{#-
    The relation that a foreign key refers to. args.to_source names a source's table that the test does not depend on in
    dbt's graph: a test with a second parent would hold back only what is downstream of both.
-#}
{% macro referenced(check) -%}
    {%- set names = check.get('args', {}).get('to_source') -%}
    {{ return(source(names[0], names[1]) if names else headgate.argument(check, 'to_relation')) }}
{%- endmacro %}
