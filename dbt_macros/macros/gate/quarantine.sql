{#-
    {sql}, which publishes the rows that break no rule about rows and quarantines the others; {reason} where that is
    not possible: too many rows, or something is broken without them too.
-#}
{% macro quarantine(built, tests, reports, refused) -%}
    {%- if tests | selectattr('where') | list -%}{{ return({'reason': 'the test looks at some rows only'}) }}{%- endif -%}
    {%- set marked = headgate.marked(built.stage, tests, reports) -%}
    {%- set counts = run_query(
        'select count(*) as headgate_rows, count(case when ' ~ headgate.has_reasons() ~ ' then 1 end) as headgate_bad'
        ~ ' from ' ~ marked
    ).rows[0].values() | map('int') | list -%}
    {%- set reason = headgate.too_many(counts[1], counts[0], tests[0].max_quarantine_percent) -%}
    {%- if reason -%}{{ return({'reason': reason}) }}{%- endif -%}
    {%- set good = headgate.working_table('__headgate_good') -%}
    {%- set rows = 'select ' ~ headgate.listed(headgate.columns_of(built.stage)) ~ ' from ' ~ marked -%}
    {%- do headgate.run_statement(
        built.create(False, good, rows ~ ' where not ' ~ headgate.has_reasons(), **built.options)
    ) -%}
    {%- set again = headgate.audit(headgate.with_rows_that_stay(headgate.gate_tests(), good, built.temporary), good) -%}
    {%- if headgate.policies(again) != ['warn'] -%}
        {%- do headgate.run_statement('drop table ' ~ good) -%}
        {%- set broken = [] -%}
        {%- for report in again -%}
            {%- for result in report.results if result.broken == 'error' -%}
                {%- do broken.append(result.key ~ ': ' ~ result.observed) -%}
            {%- endfor -%}
        {%- endfor -%}
        {{ return({'reason': 'the other rows violate it too, ' ~ broken | join(', ')}) }}
    {%- endif -%}
    {%- set quarantine = headgate.beside('__quarantine', each_batch=false) -%}
    {%- do headgate.quarantine_rows(quarantine, built.stage, marked, tests[0].contract) -%}
    {%- do headgate.run_statement('drop table ' ~ built.stage) -%}
    {%- do built.update({'stage': good}) -%}
    {%- do log(
        'headgate QUARANTINED ' ~ tests[0].contract ~ ': ' ~ counts[1] ~ ' of ' ~ counts[0] ~ ' rows in ' ~ quarantine,
        info=true
    ) -%}
    {%- set more = {'quarantine': quarantine, 'rows_quarantined': counts[1]} -%}
    {%- do headgate.record_gate('published_partly', reports, refused, more) -%}
    {{ return({'sql': headgate.publish(built)}) }}
{%- endmacro %}
