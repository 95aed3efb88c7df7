{#-
    Add the results of a report to the audit table, once for each invocation, where the variable `headgate_audit` says so.
    `boundary` is gate or test. Where the table is not there as it is written, a line of the log says so.
-#}
{% macro record(report, boundary) -%}
    {%- set table = headgate.audit_table() -%}
    {%- if table is none or not report.results -%}{{ return('') }}{%- endif -%}
    {%- set wanted = headgate.audit_columns() -%}
    {%- set held = headgate.declared_columns(table) -%}
    {%- if wanted.keys() | reject('in', held) | list -%}
        {%- do log('headgate: ' ~ table ~ ' is not there, or lacks columns; the results are not recorded', info=true) -%}
        {{ return('') }}
    {%- endif -%}
    {%- set names, rows = [], [] -%}
    {%- for name in wanted -%}{%- do names.append(headgate.quoted(name)) -%}{%- endfor -%}
    {%- for result in report.results -%}
        {%- set said = {
            'invocation_id': invocation_id, 'run_started_at': run_started_at.strftime('%Y-%m-%dT%H:%M:%S+00:00'),
            'boundary': boundary, 'contract': report.contract, 'relation': report.relation, 'rule': result.key,
            'type': result.type, 'columns': result.columns | join(', '), 'severity': result.severity,
            'status': result.status, 'broken': result.broken, 'unexpected_rows': result.unexpected,
            'rows': result.rows, 'observed': result.observed, 'promise': result.promise
        } -%}
        {%- set values = [] -%}
        {%- for name, type in wanted.items() -%}
            {%- do values.append('cast(' ~ headgate.literal(said[name]) ~ ' as ' ~ type ~ ') as ' ~ headgate.quoted(name)) -%}
        {%- endfor -%}
        {%- do rows.append('select ' ~ values | join(', ')) -%}
    {%- endfor -%}
    {%- set same = [] -%}
    {%- for name in ('invocation_id', 'boundary', 'contract', 'relation', 'rule') -%}
        {%- do same.append('there.' ~ headgate.quoted(name) ~ ' = found.' ~ headgate.quoted(name)) -%}
    {%- endfor -%}
    {%- do headgate.run_statement(headgate.attempted([
        'insert into ' ~ table ~ ' (' ~ names | join(', ') ~ ')\nselect * from (\n' ~ rows | join('\nunion all\n')
        ~ '\n) as found where not exists (select 1 from ' ~ table ~ ' as there where ' ~ same | join(' and ') ~ ')'
    ])) -%}
    {#- dbt 1.x rolls back what a test wrote; a gate's transaction is that of the publish. -#}
    {%- do adapter.commit() if boundary == 'test' -%}
{%- endmacro %}
