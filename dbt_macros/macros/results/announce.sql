{#- One line in dbt's log for every promise that was not kept or could not be measured. -#}
{% macro announce(report) -%}
    {%- for result in report.results if result.broken -%}
        {%- set level = {'error': 'BREACH', 'warning': 'WARN'}[result.broken] -%}
        {%- set words = ['headgate', level if result.status == 'failed' else 'UNKNOWN', report.contract, result.key] -%}
        {%- set line = words | join(' ') ~ ': ' ~ result.promise ~ ': ' ~ result.observed -%}
        {#- A contract's text cannot pretend to be another line of the log. -#}
        {%- do log(modules.re.sub('[\x00-\x1f\x7f-\x9f]+', ' ', line), info=true) -%}
    {%- endfor -%}
{%- endmacro %}
