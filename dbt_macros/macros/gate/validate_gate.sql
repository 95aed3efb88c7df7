{#- Raises where the model `node` cannot have the gate that its meta asks for. -#}
{% macro validate_gate(node) -%}
    {%- set said = headgate.gate_config(node) -%}
    {%- if said is not mapping or said | list != ['contract'] or said.contract is not string -%}
        {%- do headgate.refuse_gate(node, 'that is not {contract: <path, or id#dataset>}: ' ~ said) -%}
    {%- elif node.config.wap -%}
        {%- do headgate.refuse_gate(node, "also dbt's own 'wap: true'; remove one of the two") -%}
    {%- elif node.language != 'sql' -%}
        {%- do headgate.refuse_gate(node, 'a ' ~ node.language ~ ' model cannot be gated; only SQL is') -%}
    {%- elif node.config.materialized not in ('table', 'incremental') -%}
        {%- do headgate.refuse_gate(node, "is materialized as '" ~ node.config.materialized ~ "'; expected one of table, incremental") -%}
    {%- endif -%}
    {%- if target.type == 'duckdb' -%}
        {%- set constraints = node.constraints | list -%}
        {%- for column in node.columns.values() -%}{%- do constraints.extend(column.constraints) -%}{%- endfor -%}
        {%- for constraint in constraints if (constraint.type | string | lower).startswith('foreign') -%}
            {%- do headgate.refuse_gate(node, 'a foreign_key constraint, for which dbt-duckdb drops the table before it builds') -%}
        {%- endfor -%}
    {%- endif -%}
    {#- `<path>`, `<path>#<dataset>` or `<id>#<dataset>`; of a path only the dataset can be compared. -#}
    {%- set wanted = said.contract.split('#') -%}
    {%- set is_path = modules.re.search('[.](ya?ml|json)$', wanted[0]) -%}
    {%- set tests = [] -%}
    {%- for test in graph.nodes.values() if headgate.is_contract_test(test, node) -%}
        {%- do tests.append(test.unique_id) -%}
        {%- set contract = headgate.rendered(test.test_metadata.kwargs.contract) -%}
        {%- set dataset = contract.split('#') | last -%}
        {%- set id = contract[:contract | length - dataset | length - 1].split('@')[:-1] | join('@') -%}
        {%- if (wanted | length > 1 and wanted | last != dataset) or (not is_path and wanted[0] != id) -%}
            {%- do headgate.refuse_gate(node, "'" ~ said.contract ~ "' is not what its test is of: " ~ contract) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for suffix in ('__rejected', '__quarantine', '__headgate_stage', '__headgate_good') -%}
        {%- for other in graph.nodes.values() if other.alias == node.alias ~ suffix and other.schema == node.schema -%}
            {%- do headgate.refuse_gate(node, 'the table ' ~ other.alias ~ ', which it would write, is of ' ~ other.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not tests -%}
        {%- do headgate.refuse_gate(node, 'it has no enabled test headgate.contract; run headgate dbt sync') -%}
    {%- endif -%}
{%- endmacro %}
