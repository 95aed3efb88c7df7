{#- A subquery of the stage's rows with `headgate_reasons`: the keys of the broken rules that each row breaks. -#}
{% macro marked(stage, tests, reports) -%}
    {%- set columns, types, reasons = headgate.columns_of(stage), headgate.check_types(), [] -%}
    {%- for report in reports if not report.draft -%}
        {%- set failed = report.results | selectattr('broken', 'equalto', 'error') | map(attribute='key') | list -%}
        {%- for check in tests[loop.index0].checks if check.key in failed and 'counts' in types[check.type].facts -%}
            {%- set condition = headgate['unexpected_' ~ check.type](check, columns) | trim -%}
            {%- do reasons.append('case when ' ~ condition ~ ' then ' ~ headgate.literal(check.key) ~ ' end') -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set data = headgate.quoted('__headgate_data') -%}
    {{ return(
        '(select ' ~ data ~ '.*, ' ~ headgate.texts_of(reasons) ~ ' as headgate_reasons from ' ~ stage ~ ' as ' ~ data
        ~ ') as headgate_marked'
    ) }}
{%- endmacro %}
