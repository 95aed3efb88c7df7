{#- Whether a text of a properties file is a ref to the model that runs. -#}
{% macro is_ref_to_itself(text) -%}
    {%- set found = modules.re.match('\\s*(?:[{][{]\\s*)?ref[(]\\s*["\']([^"\']+)["\']', text) -%}
    {{ return(found is not none and found.group(1) == model.name) }}
{%- endmacro %}
