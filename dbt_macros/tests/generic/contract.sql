{#-
    Whether a model or source keeps its data contract. `headgate dbt sync` writes the arguments:

    contract      "<contract id>@<version>#<dataset>"
    catalogue     for which macros it wrote them; see macros/scan/validate_catalogue.sql
    about         {file, owner, support, draft} of the contract, for whoever reads the artifacts of dbt
    checks        a list of {key, type, columns, args, expect, classified, severity, on_breach, promise, digest}; see
                  macros/checks
    levels        service levels about the age of the data: a list of {key, level, columns, within, timezone, classified,
                  severity, promise, digest}; see macros/results/aged.sql
    not_executed  rules of the contract that dbt cannot execute: a list of {key, reason, severity, excused, promise,
                  digest}
    on_breach     the policies of a model's gate, tried in order; see macros/gate
    max_quarantine_percent   of the rows, with the policy quarantine
    quarantine_retention     how long the gate keeps quarantined rows and rejected builds, such as '30 days'

    All checks are measured together, in few queries, each service level in one of its own. A row of the result is a
    promise that was not kept, or, where a rule that matters could not be measured, an unknown. The test fails on an
    error-level row and warns on the others.
-#}
{% test contract(
    model, contract, checks, levels=[], not_executed=[], catalogue=none, about={}, on_breach=['halt'],
    max_quarantine_percent=5, quarantine_retention='30 days'
) %}
    {#- dbt pastes these after the result of the test: each check has its own severity in the one test. -#}
    {%- set verdict = {
        'fail_calc': "count(*)",
        'warn_if': "> 0",
        'error_if': "> 0 and sum(case when severity = 'error' then 1 else 0 end) > 0",
        'limit': 1000000000
    } -%}
    {#- What dbt_project.yml says of all tests must not weaken a contract; `none` would not override it. -#}
    {{ config(severity='error', where='', **verdict) }}
    {%- do headgate.validate_catalogue(contract, catalogue) -%}
    {%- do headgate.validate(contract, checks) -%}
    {%- do headgate.validate_policies(contract, on_breach) -%}
    {%- if execute and flags.WHICH in ('build', 'test') -%}
        {%- do headgate.validate_config(contract, verdict) -%}
        {%- set report = headgate.audited(model, contract, checks + not_executed, levels)
            or headgate.report(model, contract, checks, not_executed, levels) -%}
        {%- do headgate.announce(report, 'test') -%}
        {{- headgate.embedded(report) }}
{{ headgate.broken(report) }}
    {%- else -%}
        {{- headgate.unmeasured() -}}
    {%- endif -%}
{% endtest %}
