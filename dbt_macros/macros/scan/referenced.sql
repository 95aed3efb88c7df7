{#-
    The relation that a foreign key refers to. args.to_source names a source's table that the test does not depend on in
    dbt's graph: a test with a second parent would hold back only what is downstream of both. A gate gives its name as
    text, or a subquery of its own.
-#}
{% macro referenced(check) -%}
    {%- set names = check.get('args', {}).get('to_source') -%}
    {%- set relation = source(names[0], names[1]) if names else headgate.argument(check, 'to_relation') -%}
    {{ return(headgate.relation_named(relation) if relation is string and not relation.startswith('(') else relation) }}
{%- endmacro %}
