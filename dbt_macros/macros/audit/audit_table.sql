{#-
    Where results are recorded: the table headgate_audit in the schema that the variable `headgate_audit`
    names ({schema: …}), or, where it is true, in that of the target. None where it is not set.
-#}
{% macro audit_table() -%}
    {%- set said = var('headgate_audit', false) -%}
    {%- if not said -%}{{ return(none) }}{%- endif -%}
    {%- set schema = (said.get('schema') if said is mapping else none) or target.schema -%}
    {%- if (said is mapping and said | reject('equalto', 'schema') | list) or (said is not mapping and said is not true) -%}
        {{ exceptions.raise_compiler_error(
            "headgate: the variable headgate_audit is " ~ said ~ "; expected true, or {schema: <name>}"
        ) }}
    {%- endif -%}
    {{ return(api.Relation.create(database=target.database, schema=schema, identifier='headgate_audit')) }}
{%- endmacro %}
