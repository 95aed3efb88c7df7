{#- Raises unless `policies` is a list of policies. -#}
{% macro validate_policies(contract, policies) -%}
    {%- set known = ['halt', 'last_known_good', 'quarantine', 'warn'] -%}
    {%- for policy in ([policies] if policies is string else policies) if policies is string or policy not in known -%}
        {{ exceptions.raise_compiler_error(
            "headgate: on_breach of " ~ contract ~ " has '" ~ policy ~ "'; expected a list of " ~ known | join(', ')
        ) }}
    {%- endfor -%}
{%- endmacro %}
