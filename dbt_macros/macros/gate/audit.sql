{#-
    What the model's contract tests find in `stage`: a report each, with `draft`, `on_breach` (the policies of the
    dataset) and `own` (those of the rules that have some of their own, by key).
-#}
{% macro audit(tests, stage) -%}
    {%- set reports = [] -%}
    {%- for test in tests -%}
        {%- set data = '(select * from ' ~ stage ~ ' where ' ~ test.where ~ ') dbt_subquery' if test.where else stage -%}
        {%- set report = headgate.report(data, test.contract, test.checks, test.not_executed) -%}
        {%- set own = {} -%}
        {%- for check in test.checks if check.on_breach and check.on_breach is not string -%}
            {%- do own.update({check.key: check.on_breach}) -%}
        {%- endfor -%}
        {%- do report.update({'draft': test.draft, 'on_breach': test.on_breach, 'own': own}) -%}
        {%- do reports.append(report) -%}
    {%- endfor -%}
    {{ return(reports) }}
{%- endmacro %}
