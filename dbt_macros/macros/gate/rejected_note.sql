{#- How the comment of a rejected build of the model that runs begins; behind it stands when it was rejected. -#}
{% macro rejected_note() -%}
    {{ return('headgate: a rejected build of ' ~ this.identifier ~ ' at ') }}
{%- endmacro %}
