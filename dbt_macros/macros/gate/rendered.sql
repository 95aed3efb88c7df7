{#- A value of a properties file with its Jinja rendered, as dbt renders the arguments of a test. -#}
{% macro rendered(value) -%}
    {%- if value is string -%}
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
