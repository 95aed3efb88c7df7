{#-
    The RE2 pattern as an advanced regular expression of PostgreSQL with the same meaning; none where there is no such.
-#}
{% macro postgres_pattern(pattern) -%}
    {#- Plain characters, classes of them and counts are written alike. -#}
    {%- set plain, class = '[0-9A-Za-z_@/:;,#%&=<>~ -]|\\\\[.@/-]', '\\[[0-9A-Za-z._%+@ -]+\\]' -%}
    {%- set alike = '\\^?(?:(?:' ~ plain ~ '|' ~ class ~ ')(?:[*+?]|[{][0-9]{1,2}(?:,[0-9]{0,2})?[}])?)*\\$?' -%}
    {{ return(pattern if headgate.whole_match(alike, pattern) else headgate.postgres_translated(pattern)) }}
{%- endmacro %}
