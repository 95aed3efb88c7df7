{#- A value of a properties file with its Jinja rendered, as dbt renders the arguments of a test. -#}
{% macro rendered(value) -%}
    {%- if value is string and headgate.is_ref_to_itself(value) -%}
        {#- A model cannot refer to itself by ref; see macros/gate/with_rows_that_stay.sql. -#}
        {{ return('itself') }}
    {%- elif value is string -%}
        {%- set is_call = modules.re.match('\\s*(?:env_var|ref|var|source)\\s*[(]', value) -%}
        {{ return(render('{{ ' ~ value ~ ' }}' if is_call else value)) }}
    {%- elif value is mapping -%}
        {%- set found = {} -%}
        {%- for name in value -%}{%- do found.update({name: headgate.rendered(value[name])}) -%}{%- endfor -%}
        {{ return(found) }}
    {%- elif value is sequence -%}
        {%- set found = [] -%}
        {%- for item in value -%}{%- do found.append(headgate.rendered(item)) -%}{%- endfor -%}
        {{ return(found) }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}
