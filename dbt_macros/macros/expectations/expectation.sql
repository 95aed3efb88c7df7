{#-
    The test of one expectation: one check of the catalogue, measured as `headgate.contract` measures it, with the
    names and arguments of Great Expectations.

    columns  that must be there; a missing one fails the test
    type     the check type, none where the columns are all that is expected; args, expect: see macros/checks
    mostly   the least share of the values that are not null which must be as expected, from 0 to 1
-#}
{% macro expectation(model, name, promise, columns, type=none, args={}, expect=none, mostly=1) -%}
    {%- if not execute or flags.WHICH not in ('build', 'test') -%}{{ return(headgate.unmeasured()) }}{%- endif -%}
    {%- set share = headgate.share(name, mostly) -%}
    {%- set checks = [] -%}
    {%- for column in columns -%}
        {%- set said = 'the column ' ~ column ~ ' exists' -%}
        {%- do checks.append({'key': name, 'type': 'column_exists', 'columns': [column], 'promise': said}) -%}
    {%- endfor -%}
    {%- if type -%}
        {#- Its number of nulls is what `mostly` leaves out; it breaks nothing. -#}
        {%- set any = {'operator': '>=', 'bounds': [0]} -%}
        {%- if share[0] < share[1] -%}
            {%- do checks.append({'key': name, 'type': 'not_null', 'columns': columns[:1], 'expect': any}) -%}
        {%- endif -%}
        {%- set check = {'key': name, 'type': type, 'columns': columns, 'args': args, 'promise': promise} -%}
        {%- do check.update({'expect': expect} if expect else {}) -%}
        {%- do checks.append(check) -%}
    {%- endif -%}
    {%- do headgate.validate(model | string, checks) -%}
    {%- set report = headgate.report(model, model | string, checks, []) -%}
    {%- do headgate.tolerate(report, share) if type -%}
    {%- do headgate.announce(report, boundary=none) -%}
    {{ return(headgate.embedded(report) ~ '\n' ~ headgate.broken(report)) }}
{%- endmacro %}
