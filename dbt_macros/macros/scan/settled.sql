{#-
    What can be said of `check` without looking at a row: {found} is what is wrong, none where nothing is; {reason} is
    why it cannot be executed, `excused` where that leaves no doubt. None where rows must be looked at.
-#}
{% macro settled(check, columns) -%}
    {%- set missing = check.get('columns', []) | reject('in', columns) | join(', ') -%}
    {%- if check.type == 'column_exists' -%}
        {{ return({'found': headgate.column_exists(check, columns)}) }}
    {%- elif missing -%}
        {#- The missing column is a broken promise of its own. -#}
        {{ return({'reason': 'the column ' ~ missing ~ ' is missing', 'excused': true}) }}
    {%- elif check.type == 'no_extra_columns' -%}
        {{ return({'found': headgate.no_extra_columns(check, columns)}) }}
    {%- elif check.type == 'type' -%}
        {{ return({'found': headgate.type(check, columns)}) }}
    {%- elif check.type == 'timezone' -%}
        {{ return({'found': headgate.timezone(check, columns)}) }}
    {%- elif check.type == 'physical_type' -%}
        {{ return({'reason': 'dbt does not compare physical types; headgate check does', 'excused': true}) }}
    {%- elif flags.EMPTY -%}
        {{ return({'reason': 'dbt runs with --empty', 'excused': true}) }}
    {%- endif -%}
    {%- if check.get('args', {}).get('type') -%}
        {#- The wrong type is a broken promise of its own too. -#}
        {%- set wrong = headgate.incomparable(columns[check.columns[0]], check.args.type) -%}
        {%- if wrong -%}{{ return({'reason': wrong, 'excused': true}) }}{%- endif -%}
    {%- endif -%}
    {%- set reason = headgate.obstacle(check, columns) -%}
    {{ return({'reason': reason, 'excused': false} if reason else none) }}
{%- endmacro %}
