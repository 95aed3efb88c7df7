{#- The result of the test: a row for every promise that was not kept or could not be measured. -#}
{% macro broken(report) -%}
    {%- set found = report.results | selectattr('broken') | list -%}
    {%- for result in found %}
{{ headgate.broken_row(
    result.key, result.columns | join(', '), result.broken, result.unexpected, result.rows, result.observed,
    result.promise
) }}
    {{- '\nunion all' if not loop.last }}
    {%- else %}
select * from ({{ headgate.broken_row('', '', 'error', none, 0, '', '') }}) as none_broken where 1 = 0
    {%- endfor -%}
{%- endmacro %}
