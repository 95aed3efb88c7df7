{#- Raises for what this package cannot execute: a contract must not be read in another way than it is meant. -#}
{% macro validate(contract, checks) -%}
    {%- set allowed = {
        'type': headgate.check_types().keys() | list,
        'operator': ['=', '!=', '>', '>=', '<', '<=', 'between', 'not between'],
        'unit': ['rows', 'percent'],
        'severity': ['error', 'warning'],
        'field': ['key', 'type', 'columns', 'args', 'expect', 'severity', 'on_breach', 'promise', 'digest',
                  'classified']
    } -%}
    {%- for check in checks -%}
        {%- set expect = check.get('expect') -%}
        {%- set said = [('type', check.get('type')), ('severity', check.get('severity', 'error'))] -%}
        {%- if expect -%}
            {%- do said.extend([('operator', expect.get('operator')), ('unit', expect.get('unit', 'rows'))]) -%}
        {%- endif -%}
        {%- for field in check -%}{%- do said.append(('field', field)) -%}{%- endfor -%}
        {#- `warn` alone makes the rule a warning; a list is the policy of a gate for this rule. -#}
        {%- if check.get('on_breach', 'warn') != 'warn' -%}
            {%- do headgate.validate_policies(contract ~ ' ' ~ check.key, check.on_breach) -%}
        {%- endif -%}
        {%- for what, value in said if value not in allowed[what] -%}
            {{ exceptions.raise_compiler_error(
                "headgate: check '" ~ check.get('key') ~ "' of " ~ contract ~ " has the " ~ what ~ " '" ~ value
                ~ "'; expected one of " ~ allowed[what] | join(', ')
            ) }}
        {%- endfor -%}
        {%- set wanted = 2 if expect and 'between' in expect.operator else 1 -%}
        {%- if expect and expect.bounds | length != wanted -%}
            {{ exceptions.raise_compiler_error(
                "headgate: check '" ~ check.key ~ "' of " ~ contract ~ ": '" ~ expect.operator ~ "' takes " ~ wanted
                ~ " bounds, not " ~ expect.bounds | length
            ) }}
        {%- endif -%}
        {%- for bound in (expect.bounds if expect else []) -%}{%- do headgate.fraction(bound) -%}{%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
