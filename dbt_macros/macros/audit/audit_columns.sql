{#- The columns of the audit table and their types, in order. -#}
{% macro audit_columns() -%}
    {{ return({
        'invocation_id': 'text', 'run_started_at': 'timestamp with time zone', 'boundary': 'text', 'contract': 'text',
        'relation': 'text', 'rule': 'text', 'type': 'text', 'columns': 'text', 'severity': 'text', 'status': 'text',
        'broken': 'text', 'unexpected_rows': 'bigint', 'rows': 'bigint', 'observed': 'text', 'promise': 'text'
    }) }}
{%- endmacro %}
