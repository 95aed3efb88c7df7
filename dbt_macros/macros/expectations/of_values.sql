{#-
    The arguments of a check that compares a column with values of the project: with the column's logical type, by
    which the values are read. Nothing is known of a column while dbt parses, or of one that is missing.
-#}
{% macro of_values(model, column, args) -%}
    {%- if not execute or flags.WHICH not in ('build', 'test') -%}{{ return(args) }}{%- endif -%}
    {%- set logical = headgate.columns_of(model).get(column, {}).get('logical', []) -%}
    {%- for kind in ['string', 'number', 'date', 'timestamp', 'time'] if kind in logical -%}
        {{ return(dict(args, type=kind)) }}
    {%- endfor -%}
    {{ return(args) }}
{%- endmacro %}
