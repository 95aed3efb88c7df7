{#- Keep the stage for inspection, and raise with each broken promise. `refused`: the policies that did not apply. -#}
{% macro halt(built, reports, refused) -%}
    {%- set rejected = headgate.reject(built.stage) -%}
    {%- do adapter.commit() -%}
    {%- do headgate.record_gate('halted', reports, refused, {'rejected': rejected}) -%}
    {%- set lines = [] -%}
    {%- for report in reports -%}
        {%- for result in report.results if result.broken == 'error' -%}
            {%- do lines.append(report.contract ~ ' ' ~ result.key ~ ': ' ~ result.promise ~ ': ' ~ result.observed) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set kept = this ~ ' stays as it was' if load_cached_relation(this) is not none else this ~ ' is not created' -%}
    {{ exceptions.raise_compiler_error(
        'headgate: ' ~ model.name ~ ' violates its contract; ' ~ kept ~ ', the rejected rows are in ' ~ rejected
        ~ '\n  ' ~ (lines + refused) | join('\n  ')
    ) }}
{%- endmacro %}
