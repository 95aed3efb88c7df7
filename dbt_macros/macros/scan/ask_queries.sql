{#-
    Ask for the value of each `sql` rule; see macros/scan/value_of.sql for what `found` gets.
-#}
{% macro ask_queries(checks, types, columns, data, found, queries) -%}
    {%- for check in checks -%}
        {%- if 'queried' in types[check.type].facts -%}
            {%- set query = headgate.query_of(check, columns, data) -%}
            {%- set asked = 'select cast((' ~ query ~ ') as text) as headgate_value' -%}
            {%- do queries.append(asked) -%}
            {%- set value = run_query(asked).rows[0].values()[0] -%}
            {%- do found.update({loop.index0: headgate.value_of(value, check.args.get('nothing'))}) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
