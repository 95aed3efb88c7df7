{#-
    The tests `headgate.contract` of the model `node`, which are all that its gate goes by: {contract, checks,
    not_executed, on_breach, max_quarantine_percent, where, draft}. Raises where the gate cannot be as it is configured.
-#}
{% macro gate_tests(node) -%}
    {%- do headgate.validate_gate(node) -%}
    {%- set tests, wanted = [], headgate.gate_config(node).contract -%}
    {%- for test in graph.nodes.values() if headgate.is_contract_test(test, node) -%}
        {%- set said = test.test_metadata.kwargs -%}
        {#- A foreign key to a model that may not be built yet waits for its own test. -#}
        {%- if not test.depends_on.nodes | reject('equalto', node.unique_id) | reject('in', node.depends_on.nodes) | list -%}
            {%- do tests.append({
                'contract': headgate.rendered(said.contract),
                'checks': headgate.rendered(said.checks),
                'not_executed': headgate.rendered(said.get('not_executed') or []),
                'on_breach': said.get('on_breach') or ['halt'],
                'max_quarantine_percent': said.get('max_quarantine_percent', 5),
                'where': test.config.where,
                'draft': test.config.severity | lower == 'warn'
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not tests -%}
        {%- do headgate.refuse_gate(node, 'it has no enabled test headgate.contract; run headgate dbt sync ' ~ wanted) -%}
    {%- endif -%}
    {{ return(tests) }}
{%- endmacro %}
