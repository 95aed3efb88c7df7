{#- The relation with this name, database and schema before it. -#}
{% macro relation_named(name) -%}
    {%- set parts = [] -%}
    {%- for part in modules.re.findall('"(?:[^"]|"")*"|[^".]+', name) -%}
        {%- do parts.append(part[1:-1] | replace('""', '"') if part.startswith('"') else part) -%}
    {%- endfor -%}
    {{ return(api.Relation.create(database=parts[0], schema=parts[1], identifier=parts[2])) }}
{%- endmacro %}
