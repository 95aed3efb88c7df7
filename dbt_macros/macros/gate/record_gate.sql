{#-
    Remember what the gate of the model that runs did, for macros/gate/embedded_gates.sql. `outcome` is published,
    published_partly, kept_last_good or halted; `refused` the policies that did not apply; `more` may have `rejected` and
    `quarantine`, which are tables, `rows_quarantined`, and `whole`, the table whose rows are just those that were audited.
-#}
{% macro record_gate(outcome, reports, refused, more={}) -%}
    {%- set record = {
        'invocation_id': invocation_id, 'node': model.unique_id, 'batch': model.batch.id if model.batch else none,
        'outcome': outcome, 'policies': headgate.policies(reports), 'notes': refused | list, 'reports': []
    } -%}
    {%- for name in more -%}{%- do record.update({name: more[name] | string}) -%}{%- endfor -%}
    {%- for report in reports -%}
        {%- do record.reports.append({'contract': report.contract, 'rows': report.rows, 'results': report.results}) -%}
    {%- endfor -%}
    {#- What a later macro of the same run sees too: in dbt-core 1 the graph itself, in dbt v2 the meta of its nodes. -#}
    {%- set shared = graph if 'headgate_gates' in graph else graph.nodes[model.unique_id].config.meta -%}
    {%- if 'headgate_gates' not in shared -%}{%- do shared.update({'headgate_gates': []}) -%}{%- endif -%}
    {%- do shared.headgate_gates.append(record) -%}
{%- endmacro %}
