{#- The ODCS logical types that a column of the adapter's type can serve. -#}
{% macro logical_types(column) -%}
    {%- set kinds = adapter.dispatch('logical_types', 'headgate')(column) -%}
    {#- A `date` of ODCS 3.0 is either: that version has no other word for a moment. -#}
    {{ return(kinds + ['date or timestamp'] if 'date' in kinds or 'timestamp' in kinds else kinds) }}
{%- endmacro %}

{% macro default__logical_types(column) -%}
    {{ exceptions.raise_compiler_error(
        "headgate: the types of " ~ target.type ~ " are not known; it works on duckdb and postgres"
    ) }}
{%- endmacro %}

{% macro duckdb__logical_types(column) -%}
    {%- set name = column.dtype | upper -%}
    {%- if name.endswith(']') -%}{{ return(['array', 'vector']) }}{%- endif -%}
    {%- set decimal = modules.re.match('DECIMAL[(][0-9]+,([0-9]+)[)]', name) -%}
    {%- if decimal -%}{{ return(['number', 'integer'] if decimal.group(1) == '0' else ['number']) }}{%- endif -%}
    {%- set word = modules.re.split('[ (]', name)[0] -%}
    {%- set kinds = {'DATE': ['date'], 'TIME': ['time'], 'BOOLEAN': ['boolean'], 'STRUCT': ['object'],
                     'MAP': ['object', 'map'], 'JSON': ['object', 'array', 'map', 'string']} -%}
    {%- if word in kinds -%}{{ return(kinds[word]) }}{%- endif -%}
    {%- if headgate.whole_match('U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER', word) -%}
        {{ return(['integer', 'number']) }}
    {%- endif -%}
    {%- if word in ('FLOAT', 'DOUBLE') -%}{{ return(['number']) }}{%- endif -%}
    {%- if word in ('VARCHAR', 'UUID', 'ENUM', 'BLOB', 'BIT') -%}{{ return(['string']) }}{%- endif -%}
    {{ return(['timestamp'] if headgate.whole_match('TIMESTAMP(_S|_MS|_NS)?', word) else []) }}
{%- endmacro %}

{% macro postgres__logical_types(column) -%}
    {%- set name = column.dtype | lower -%}
    {%- if name in ('smallint', 'integer', 'bigint') -%}{{ return(['integer', 'number']) }}{%- endif -%}
    {%- if name in ('numeric', 'decimal') -%}
        {%- set whole = column.numeric_scale is not none and column.numeric_scale | int == 0 -%}
        {{ return(['number', 'integer'] if whole else ['number']) }}
    {%- endif -%}
    {%- if name in ('real', 'double precision') -%}{{ return(['number']) }}{%- endif -%}
    {%- if name in ('text', 'character varying', 'character', 'uuid', 'bytea', 'bit', 'user-defined') -%}
        {{ return(['string']) }}
    {%- endif -%}
    {%- if name in ('json', 'jsonb') -%}{{ return(['object', 'array', 'map', 'string']) }}{%- endif -%}
    {%- if name == 'array' -%}{{ return(['array', 'vector']) }}{%- endif -%}
    {%- set word = name.split(' ')[0] -%}
    {{ return([word] if word in ('date', 'time', 'timestamp', 'boolean') else []) }}
{%- endmacro %}
