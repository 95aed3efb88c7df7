{#-
    The tests with what an incremental model promises together with the rows that stay in its table: a key of theirs is
    not new, and a foreign key to the model itself may refer to them.
-#}
{% macro with_rows_that_stay(tests, stage, temporary) -%}
    {%- set stay = headgate.rows_that_stay(stage) if temporary else none -%}
    {%- set types, of_new_keys = headgate.check_types(), namespace(type=none) -%}
    {%- for name in types if 'of_publish' in types[name].facts -%}{%- set of_new_keys.type = name -%}{%- endfor -%}
    {%- for test in tests -%}
        {%- set checks = [] -%}
        {%- for check in test.checks -%}
            {%- set is_own = check.args and check.args.to_relation == 'itself' -%}
            {%- if is_own and (stay or not temporary) -%}
                {%- set listed = headgate.listed(check.args.to_columns) -%}
                {%- set rows = 'select ' ~ listed ~ ' from ' ~ stage -%}
                {%- set rows = rows ~ (' union all select ' ~ listed ~ ' from ' ~ stay if stay else '') -%}
                {%- do check.args.update({'to_relation': '(' ~ rows ~ ') as headgate_itself'}) -%}
            {%- endif -%}
            {%- if not is_own or stay or not temporary -%}{%- do checks.append(check) -%}{%- endif -%}
            {%- if 'is_key' in types[check.type].facts and stay and not check.expect -%}
                {%- do checks.append({
                    'key': check.key ~ '.new', 'type': of_new_keys.type, 'columns': check.columns,
                    'args': {'to_relation': stay, 'to_columns': check.columns},
                    'severity': check.get('severity', 'error'), 'on_breach': check.get('on_breach', test.on_breach),
                    'promise': (check.promise or check.key) ~ ', with the rows that stay'
                }) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do test.update({'checks': checks}) -%}
    {%- endfor -%}
    {{ return(tests) }}
{%- endmacro %}
