{#- Measure and judge all checks: {contract, relation, rows, scan, results}; see macros/results/judged.sql. -#}
{% macro report(model, contract, checks, not_executed, levels=[]) -%}
    {%- set relation = headgate.relation_name(model) -%}
    {%- set columns = headgate.columns_of(model) -%}
    {%- if not columns -%}
        {{ exceptions.raise_compiler_error("headgate: " ~ relation ~ " was not found, or its columns cannot be read") }}
    {%- endif -%}
    {%- set decided, measured = {}, [] -%}
    {%- for check in checks -%}
        {%- set known = headgate.settled(check, columns) -%}
        {%- if known is none -%}
            {%- do measured.append(check) -%}
        {%- else -%}
            {%- do decided.update({loop.index0: known}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set scan = headgate.scan(measured, columns, model) -%}
    {%- set numbers = run_query(scan).rows[0].values() | map('int') | list -%}
    {%- set rows = numbers[0] -%}
    {%- set results, position = [], namespace(value=0) -%}
    {%- for check in checks -%}
        {%- if loop.index0 not in decided -%}{%- set position.value = position.value + 1 -%}{%- endif -%}
        {%- set known = decided.get(loop.index0, {'number': numbers[position.value]}) -%}
        {%- do results.append(headgate.judged(check, known, rows)) -%}
    {%- endfor -%}
    {%- for level in levels -%}
        {%- do results.append(headgate.judged(level, headgate.aged(level, columns, model), rows)) -%}
    {%- endfor -%}
    {%- for rule in not_executed -%}
        {%- set known = {'reason': rule.reason, 'excused': rule.get('excused', false)} -%}
        {%- do results.append(headgate.judged(rule, known, rows)) -%}
    {%- endfor -%}
    {{ return({'contract': contract, 'relation': relation, 'rows': rows, 'scan': scan, 'results': results}) }}
{%- endmacro %}
