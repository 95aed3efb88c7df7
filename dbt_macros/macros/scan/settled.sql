{#-
    What can be said of `check` without looking at a row: {found} is what is wrong, none where nothing is; {reason} is
    why it cannot be executed, `excused` where that leaves no doubt. None where rows must be looked at.
-#}
{% macro settled(check, kind, columns) -%}
    {%- set read = check.get('columns', []) + check.get('args', {}).get('reads', []) -%}
    {%- set missing = read | reject('in', columns) | join(', ') -%}
    {%- if missing and 'needs_columns' in kind.facts -%}
        {#- The missing column is a broken promise of its own. -#}
        {{ return({'reason': 'the column ' ~ missing ~ ' is missing', 'excused': true}) }}
    {%- elif 'examined' in kind.facts -%}
        {{ return(headgate['examine_' ~ check.type](check, columns)) }}
    {%- elif flags.EMPTY and ('counts' not in kind.facts or check.get('expect')) -%}
        {#- A rule that holds for each row holds for none too, and a model may have rows of its own. -#}
        {{ return({'reason': 'dbt runs with --empty', 'excused': true}) }}
    {%- endif -%}
    {%- if check.get('args', {}).get('type') -%}
        {#- The wrong type is a broken promise of its own too. -#}
        {%- set wrong = headgate.incomparable(columns[check.columns[0]], check.args.type) -%}
        {%- if wrong -%}{{ return({'reason': wrong, 'excused': true}) }}{%- endif -%}
    {%- endif -%}
    {%- set reason = headgate.obstacle(check, kind, columns) -%}
    {{ return({'reason': reason, 'excused': false} if reason else none) }}
{%- endmacro %}
