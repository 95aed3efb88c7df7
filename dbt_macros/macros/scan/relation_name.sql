{#-
    The name, as SQL has it, of the relation behind the argument `model` of a test, which is a subquery where the test
    has a `where`. Raises for an ephemeral model.
-#}
{% macro relation_name(model) -%}
    {%- set text = model | string | trim -%}
    {%- set part = '(?:"[^"]*"|[^\\s".()]+)' -%}
    {%- set within = modules.re.match('[(]\\s*select\\s+[*]\\s+from\\s+(' ~ part ~ '(?:[.]' ~ part ~ ')*)\\s', text) -%}
    {%- if text.startswith('(') and not within -%}
        {{ exceptions.raise_compiler_error(
            "headgate: cannot tell which relation is tested; get_where_subquery must begin with"
            ~ " '(select * from <relation> where', not: " ~ text
        ) }}
    {%- endif -%}
    {%- set name = within.group(1) if within else text -%}
    {%- set ephemeral = modules.re.match('"?__dbt__cte__([^"]*)', name) -%}
    {%- if ephemeral -%}
        {{ exceptions.raise_compiler_error(
            "headgate: the model '" ~ ephemeral.group(1) ~ "' is ephemeral and has no data to check; materialize it"
        ) }}
    {%- endif -%}
    {{ return(name) }}
{%- endmacro %}
