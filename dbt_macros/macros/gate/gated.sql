{#-
    The SQL that creates dbt's `relation` for the model that runs. A model with `meta: {headgate: …}` is built aside
    first and audited; the SQL then publishes what passed. Raises where nothing may be published. `create` is dbt's own
    create_table_as, `options` what it takes besides.
-#}
{% macro gated(create, temporary, relation, sql, options) -%}
    {%- if relation.identifier == headgate.gate_probe() -%}
        {{ return('-- headgate') }}
    {%- elif not headgate.has_gate() -%}
        {{ return(create(temporary, relation, sql, **options)) }}
    {%- endif -%}
    {%- do headgate.validate_gate(model) -%}
    {%- do headgate.drop_working_tables() -%}
    {%- set stage = headgate.working_table('__headgate_stage') -%}
    {%- do headgate.run_statement(create(False, stage, sql, **options)) -%}
    {%- set tests = headgate.with_rows_that_stay(headgate.gate_tests(), stage, temporary) -%}
    {%- if tests -%}{%- do headgate.forget(tests[0].quarantine_retention) -%}{%- endif -%}
    {%- set built = {'create': create, 'temporary': temporary, 'relation': relation, 'options': options, 'stage': stage} -%}
    {%- set reports = headgate.audit(tests, stage) -%}
    {%- for report in reports -%}{%- do headgate.announce(report) -%}{%- endfor -%}
    {%- set refused = [] -%}
    {%- for policy in headgate.policies(reports) -%}
        {%- if policy == 'warn' -%}
            {#- The test need not measure again what is published as it was audited. -#}
            {%- set whole = not temporary and not model.batch and not config.get('post_hook', config.get('post-hook')) -%}
            {%- do headgate.record_gate('published', reports, refused, {'whole': this} if whole else {}) -%}
            {{ return(headgate.publish(built)) }}
        {%- elif policy == 'quarantine' -%}
            {%- set found = headgate.quarantine(built, tests, reports, refused) -%}
            {%- if 'sql' in found -%}{{ return(found.sql) }}{%- endif -%}
            {%- do refused.append('quarantine: ' ~ found.reason) -%}
        {%- elif policy == 'last_known_good' -%}
            {%- set found = headgate.keep_last_good(built, reports, refused) -%}
            {%- if 'sql' in found -%}{{ return(found.sql) }}{%- endif -%}
            {%- do refused.append('last_known_good: ' ~ found.reason) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do headgate.halt(built, reports, refused) -%}
{%- endmacro %}
