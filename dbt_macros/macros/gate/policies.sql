{#-
    The policies to try in order, as headgate.gate.decision has them: the strictest of the rules that are broken. What
    could not be measured halts; where nothing is broken, and for drafts, it is `warn`, which publishes all rows.
-#}
{% macro policies(reports) -%}
    {%- set strictness = ['halt', 'last_known_good', 'quarantine', 'warn'] -%}
    {%- set chains, strictest = {}, namespace(order=none, lets_pass=true) -%}
    {%- for report in reports if not report.draft -%}
        {%- for result in report.results if result.broken == 'error' -%}
            {%- if result.status == 'not_executed' -%}{{ return(['halt']) }}{%- endif -%}
            {%- set chain = report.own.get(result.key) or report.on_breach -%}
            {%- set places = [] -%}
            {%- for policy in chain -%}{%- do places.append(strictness.index(policy) | string) -%}{%- endfor -%}
            {%- set order = places | join('') -%}
            {%- do chains.update({order: chain}) -%}
            {%- if strictest.order is none or order < strictest.order -%}{%- set strictest.order = order -%}{%- endif -%}
            {%- if 'warn' not in chain -%}{%- set strictest.lets_pass = false -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if strictest.order is none -%}{{ return(['warn']) }}{%- endif -%}
    {%- set chain = chains[strictest.order] -%}
    {{ return(chain if strictest.lets_pass else chain | reject('equalto', 'warn') | list) }}
{%- endmacro %}
