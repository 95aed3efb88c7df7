{#-
    A value of a contract as a SQL literal; never SQL text. `kind` is the logical type of the column, or none: decimals
    are quoted in the YAML, so that nothing is rounded, and moments carry their offset from UTC.
-#}
{% macro literal(value, kind=none, zoned=true) -%}
    {%- if value is none -%}{{ return('null') }}{%- endif -%}
    {%- if value is boolean -%}{{ return('true' if value else 'false') }}{%- endif -%}
    {%- if value is number -%}{{ return(value | string) }}{%- endif -%}
    {%- set text = value | string -%}
    {%- if kind in ('integer', 'number') -%}
        {%- if not headgate.whole_match('[-+]?[0-9]+([.][0-9]+)?', text) -%}
            {{ exceptions.raise_compiler_error("headgate: '" ~ text ~ "' is not a valid " ~ kind) }}
        {%- endif -%}
        {{ return(text) }}
    {%- endif -%}
    {%- set quoted = "'" ~ text | replace("'", "''") ~ "'" -%}
    {%- if kind in ('date', 'time') -%}{{ return('cast(' ~ quoted ~ ' as ' ~ kind ~ ')') }}{%- endif -%}
    {%- if kind == 'timestamp' -%}
        {%- set moment = 'cast(' ~ quoted ~ ' as timestamp with time zone)' -%}
        {#- A naive timestamp is UTC, whatever the session's time zone is. -#}
        {{ return(moment if zoned else '(' ~ moment ~ " at time zone 'UTC')") }}
    {%- endif -%}
    {{ return(quoted) }}
{%- endmacro %}
