{#-
    The results of all checks as JSON, and the queries that they came from, in comments of the compiled SQL: whoever reads
    `compiled_code` in target/run_results.json has them without a second scan; on dbt v2, the compiled files in target/.
-#}
{% macro embedded(report) -%}
    {#- A file that an earlier run left in target/ is told from this run's by the invocation. -#}
    {%- set results = {'invocation_id': invocation_id} -%}
    {%- for name in ('contract', 'relation', 'rows', 'results') -%}
        {%- do results.update({name: report[name]}) -%}
    {%- endfor -%}
{{ headgate.comment_of('results', results) }}
{% for query in report.queries -%}
-- {{ query | replace('\r', ' ') | replace('\n', '\n-- ') }}
{% endfor -%}
{%- endmacro %}
