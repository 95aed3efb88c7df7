{#- Measure and judge all checks: {contract, relation, rows, queries, results}; see macros/results/judged.sql. -#}
{% macro report(model, contract, checks, not_executed, levels=[]) -%}
    {%- set relation = headgate.relation_name(model) -%}
    {%- set columns = headgate.columns_of(model) -%}
    {%- if not columns -%}
        {{ exceptions.raise_compiler_error("headgate: " ~ relation ~ " was not found, or its columns cannot be read") }}
    {%- endif -%}
    {%- set types, decided, measured = headgate.check_types(), {}, [] -%}
    {%- for check in checks -%}
        {%- set known = headgate.settled(check, types[check.type], columns) -%}
        {%- if known is none -%}
            {%- do measured.append(check) -%}
        {%- else -%}
            {%- do decided.update({loop.index0: known}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set numbers = headgate.numbers(measured, types, columns, model) -%}
    {%- set results, rows, position = [], numbers.rows, namespace(value=0) -%}
    {%- for check in checks -%}
        {%- if loop.index0 in decided -%}
            {%- set known = decided[loop.index0] -%}
        {%- else -%}
            {%- set known = numbers.found[position.value] -%}
            {%- set known = known if known is mapping else {'number': known} -%}
            {%- set position.value = position.value + 1 -%}
        {%- endif -%}
        {%- do results.append(headgate.judged(check, types[check.type].facts, known, rows)) -%}
    {%- endfor -%}
    {%- do results.extend(headgate.judged_levels(levels, columns, model, rows)) -%}
    {%- for rule in not_executed -%}
        {%- set known = {'reason': rule.reason, 'excused': rule.get('excused', false)} -%}
        {%- do results.append(headgate.judged(rule, [], known, rows)) -%}
    {%- endfor -%}
    {{ return({'contract': contract, 'relation': relation, 'rows': rows, 'queries': numbers.queries, 'results': results}) }}
{%- endmacro %}
