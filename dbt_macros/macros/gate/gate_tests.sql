{#-
    The tests `headgate.contract` of the model that runs, which are all that its gate goes by: {contract, checks,
    not_executed, on_breach, max_quarantine_percent, quarantine_retention, where, draft}. A foreign key to a model that
    may not be built yet is left to its own test.
-#}
{% macro gate_tests() -%}
    {%- set tests = [] -%}
    {%- for test in graph.nodes.values() if headgate.is_contract_test(test, model) -%}
        {%- set others = test.depends_on.nodes | reject('equalto', model.unique_id) -%}
        {%- if not others | reject('in', model.depends_on.nodes) | list -%}
            {%- set said = test.test_metadata.kwargs -%}
            {%- do tests.append({
                'contract': headgate.rendered(said.contract),
                'checks': headgate.rendered(said.checks),
                'not_executed': headgate.rendered(said.get('not_executed') or []),
                'on_breach': said.get('on_breach') or ['halt'],
                'max_quarantine_percent': said.get('max_quarantine_percent', 5),
                'quarantine_retention': said.get('quarantine_retention', '30 days'),
                'where': test.config.where,
                'draft': test.config.severity | lower == 'warn'
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(tests) }}
{%- endmacro %}
