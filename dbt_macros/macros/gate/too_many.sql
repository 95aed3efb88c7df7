{#- Why that many bad rows are not quarantined; none where they may be. -#}
{% macro too_many(bad, rows, percent) -%}
    {%- if bad == 0 -%}{{ return('no row alone breaks a rule') }}{%- endif -%}
    {%- if bad == rows -%}{{ return('no row would be left') }}{%- endif -%}
    {%- if not headgate.holds({'operator': '<=', 'bounds': [percent], 'unit': 'percent'}, bad, rows) -%}
        {{ return(bad ~ ' of ' ~ rows ~ ' rows are bad, more than ' ~ percent ~ ' %') }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
