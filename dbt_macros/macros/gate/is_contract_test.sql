{% macro is_contract_test(test, node) -%}
    {%- if test.resource_type != 'test' or test.attached_node != node.unique_id -%}{{ return(false) }}{%- endif -%}
    {%- set kind = test.test_metadata -%}
    {{ return(kind.namespace == 'headgate' and kind.name == 'contract') }}
{%- endmacro %}
