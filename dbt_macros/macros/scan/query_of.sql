{#-
    The query of an `sql` rule over the rows under check. `headgate dbt sync` wrote it with names for what it reads, and
    with a place for the time of the run.
-#}
{% macro query_of(check, columns, data) -%}
    {%- set said = check.args.query if check.args.query is string else check.args.query.get(target.type) -%}
    {%- set named = ['"headgate_rows" as (select * from ' ~ data ~ ')'] -%}
    {%- for other in check.args.get('others', []) -%}
        {%- set relation = headgate.referenced({'args': other, 'key': check.key, 'type': check.type}) -%}
        {%- do named.append('"headgate_other_' ~ loop.index0 ~ '" as (select * from ' ~ relation ~ ')') -%}
    {%- endfor -%}
    {%- set naive = [] -%}
    {%- for name in check.args.get('reads', []) if 'timestamp' in columns[name].logical and not columns[name].zoned -%}
        {%- do naive.append(name) -%}
    {%- endfor -%}
    {#- A column without a zone holds moments of UTC. -#}
    {%- set now = headgate.literal(run_started_at.isoformat(), 'timestamp', zoned=not naive) -%}
    {%- set said = said | replace("CAST('§now§' AS TIMESTAMPTZ)", now) -%}
    {{ return('with ' ~ named | join(', ') ~ ' select * from (' ~ said ~ ') as headgate_query') }}
{%- endmacro %}
