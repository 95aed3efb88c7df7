{#-
    What dbt calls to give a table another name. dbt v2 has no transactions: its own swap of a table leaves moments
    without one. For a model with a gate both renamings are one transaction, with the grants of the model.
-#}
{% macro postgres__rename_relation(from_relation, to_relation) -%}
    {%- if headgate.has_transactions() or not headgate.has_gate() -%}
        {{ return(dbt.default__rename_relation(from_relation, to_relation)) }}
    {%- elif to_relation.identifier == this.identifier -%}
        {%- set backup = make_backup_relation(to_relation, 'table') -%}
        {%- set statements = [
            headgate.renaming(to_relation, backup, if_exists=true), headgate.renaming(from_relation, to_relation)
        ] -%}
        {%- set grants = config.get('grants') or {} -%}
        {%- for privilege in grants -%}
            {%- set grantees = [grants[privilege]] if grants[privilege] is string else grants[privilege] -%}
            {%- if grantees -%}{%- do statements.append(get_grant_sql(to_relation, privilege, grantees)) -%}{%- endif -%}
        {%- endfor -%}
        {%- do headgate.run_statement(headgate.in_one_transaction(statements)) -%}
    {%- endif -%}
    {#- Of the two, the table that serves becomes the backup first: that is done with the other. -#}
{%- endmacro %}
