{#-
    The report of the gate on the very rules and the very table of a test, as macros/results/report.sql gives it; none
    where the gate of this run did not build all of the table, something else may have changed it since, or other rules
    were audited. `rules` are the checks and what is not executed.
-#}
{% macro audited(model, contract, rules, levels) -%}
    {%- set relation, wanted = headgate.relation_name(model), rules | map(attribute='key') | list -%}
    {%- for gate in headgate.recorded_gates() if gate.get('whole') == relation and gate.invocation_id == invocation_id -%}
        {%- for report in gate.reports if report.contract == contract -%}
            {%- if report.results | map(attribute='key') | list == wanted -%}
                {%- set columns = headgate.columns_of(model) if levels else {} -%}
                {%- set results = report.results + headgate.judged_levels(levels, columns, model, report.rows) -%}
                {{ return({
                    'contract': contract, 'relation': relation, 'rows': report.rows, 'queries': [], 'results': results
                }) }}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}
