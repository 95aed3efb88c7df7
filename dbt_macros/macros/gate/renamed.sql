{#-
    Give a table another name. dbt v2 has no transactions: its own swap of a table, two renamings, leaves moments without
    one. For a model with a gate the first waits for the second, and both are one transaction, with the grants of the
    model. `rename` is dbt's own rename_relation.
-#}
{% macro renamed(rename, from_relation, to_relation) -%}
    {#- In dbt-core 1, `this` and `model` are not known here. A view is that of the latest version of a model. -#}
    {%- if headgate.has_transactions() or not headgate.has_gate() or from_relation.is_view -%}
        {{ return(rename(from_relation, to_relation)) }}
    {%- endif -%}
    {%- set backup = make_backup_relation(this, 'table') -%}
    {%- if from_relation.identifier == this.identifier and to_relation.identifier == backup.identifier -%}
        {{ return(none) }}
    {%- elif to_relation.identifier == this.identifier -%}
        {%- set statements = [headgate.renaming(this, backup, if_exists=true), headgate.renaming(from_relation, this)] -%}
        {%- set grants = config.get('grants') or {} -%}
        {%- for privilege in grants if target.type == 'postgres' -%}
            {%- set grantees = [grants[privilege]] if grants[privilege] is string else grants[privilege] -%}
            {%- if grantees -%}{%- do statements.append(get_grant_sql(this, privilege, grantees)) -%}{%- endif -%}
        {%- endfor -%}
        {%- do headgate.run_statement(headgate.in_one_transaction(statements)) -%}
    {%- else -%}
        {{ return(rename(from_relation, to_relation)) }}
    {%- endif -%}
{%- endmacro %}
