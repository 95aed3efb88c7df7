{#-
    Called by on-run-end: what the gates of this run did, as JSON in a comment. dbt leaves the compiled SQL of a hook in
    target/, also of a run whose models failed.
-#}
{% macro embedded_gates() -%}
    {%- set gates = headgate.recorded_gates() if execute else [] -%}
    {%- if gates -%}
{{ headgate.comment_of('gates', gates) }}
select 1
    {%- endif -%}
{%- endmacro %}
