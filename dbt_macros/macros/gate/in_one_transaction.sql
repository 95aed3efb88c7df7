{#- Statements as one transaction, in one call of the database, which dbt v2 does not split. -#}
{% macro in_one_transaction(statements) -%}
    {{ return('begin;\n' ~ statements | map('trim') | map('trim', ';') | join(';\n') ~ ';\ncommit') }}
{%- endmacro %}
