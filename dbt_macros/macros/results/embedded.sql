{#-
    The results of all checks as JSON, and the query that they came from, in comments of the compiled SQL: whoever reads
    `compiled_code` in target/run_results.json has them without a second scan.
-#}
{% macro embedded(report) -%}
    {%- set results = {} -%}
    {%- for name in ('contract', 'relation', 'rows', 'results') -%}
        {%- do results.update({name: report[name]}) -%}
    {%- endfor -%}
    {#- Without an asterisk nothing in it can begin or end a comment. -#}
/*headgate-results:{{ tojson(results) | replace('*', '\\u002a') }}:headgate-results*/
-- {{ report.scan | replace('\r', ' ') | replace('\n', '\n-- ') }}
{%- endmacro %}
