{#-
    What became of one rule: {key, type, columns, severity, status, unexpected, value, rows, observed, excused, broken,
    promise}. `status` is passed, failed or not_executed; `value` is the number that was compared, none where there is
    none or it must not be shown; `observed` says in words what was found, or why it was not executed. `broken` is the
    level at which it breaks the test: error, warning or none.
-#}
{% macro judged(rule, facts, known, rows) -%}
    {%- set severity = rule.get('severity', 'error') -%}
    {%- set expect = rule.get('expect') -%}
    {%- set counts_rows = 'counts' in facts -%}
    {%- set found = namespace(status='passed', observed='', excused=false, unexpected=none, value=none) -%}
    {%- if 'reason' in known or (counts_rows and rows == 0 and expect and expect.get('unit') == 'percent') -%}
        {#- Empty data has no percentage; a rule on the number of rows decides whether empty is right. -#}
        {%- set found.status = 'not_executed' -%}
        {%- set found.observed = known.get('reason', 'no rows') -%}
        {%- set found.excused = known.get('excused', true) -%}
    {%- elif 'found' in known -%}
        {%- set found.status = 'passed' if known.found is none else 'failed' -%}
        {%- set found.observed = known.found or '' -%}
    {%- else -%}
        {#- Without `expect` not a single one is expected. -#}
        {%- set kept = headgate.holds(expect, known.number, rows) if expect else known.number == 0 -%}
        {%- set found.status = 'passed' if kept else 'failed' -%}
        {%- set shown = known.get('text', known.number) -%}
        {%- set found.value = none if rule.get('classified') else shown -%}
        {%- set found.unexpected = known.number if counts_rows else none -%}
        {%- set unit = ' of ' ~ rows ~ ' rows' if counts_rows else ' rows' if 'of_size' in facts else '' -%}
        {%- set found.observed = '***' if rule.get('classified') else shown ~ unit -%}
    {%- endif -%}
    {%- set broken = none -%}
    {%- if found.status == 'failed' -%}
        {%- set broken = 'warning' if rule.get('on_breach') == 'warn' else severity -%}
    {%- elif found.status == 'not_executed' and severity == 'error' and not found.excused -%}
        {#- Unknown is not pass. -#}
        {%- set broken = 'error' -%}
    {%- endif -%}
    {{ return({
        'key': rule.key, 'type': rule.get('type', ''), 'columns': rule.get('columns', []), 'severity': severity,
        'status': found.status, 'unexpected': found.unexpected, 'value': found.value, 'rows': rows,
        'observed': found.observed, 'excused': found.excused, 'broken': broken,
        'promise': rule.get('promise') or rule.key
    }) }}
{%- endmacro %}
