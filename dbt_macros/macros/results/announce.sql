{#-
    One line in dbt's log for every promise that was not kept or could not be measured; and the results of a contract in the
    audit table. `boundary` is where they were measured: gate, test, or none for a test without a contract.
-#}
{% macro announce(report, boundary='gate') -%}
    {%- for result in report.results if result.broken -%}
        {%- set level = {'error': 'BREACH', 'warning': 'WARN'}[result.broken] -%}
        {%- set words = ['headgate', level if result.status == 'failed' else 'UNKNOWN', report.contract, result.key] -%}
        {%- set line = words | join(' ') ~ ': ' ~ result.promise ~ ': ' ~ result.observed -%}
        {#- A contract's text cannot pretend to be another line of the log. -#}
        {%- do log(modules.re.sub('[\x00-\x1f\x7f-\x9f]+', ' ', line), info=true) -%}
    {%- endfor -%}
    {#- dbt compiles a macro when it is first called: not without need. -#}
    {%- do headgate.record(report, boundary) if boundary and var('headgate_audit', false) -%}
{%- endmacro %}
