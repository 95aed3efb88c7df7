{#- The relation behind the argument `model` of a test, which is a subquery where the test has a `where`. -#}
{% macro tested_relation(model) -%}
    {%- set named = modules.re.search("(ref|source)[(]'([^']*)'(?:, '([^']*)')?(?:, version='([^']*)')?[)]",
                                      context['model'].test_metadata.kwargs['model']) -%}
    {%- set relation = model -%}
    {%- if model is string and named.group(1) == 'source' -%}
        {%- set relation = builtins.source(named.group(2), named.group(3)) -%}
    {%- elif model is string -%}
        {%- set relation = builtins.ref(named.group(2), version=named.group(4)) -%}
    {%- endif -%}
    {%- if relation.is_cte -%}
        {%- set name = relation.identifier | replace('__dbt__cte__', '') -%}
        {{ exceptions.raise_compiler_error(
            "headgate: the model '" ~ name ~ "' is ephemeral and has no data to check; materialize it"
        ) }}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}
