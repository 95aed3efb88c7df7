{#- The condition that a comment is `note` with a moment before `oldest` behind it. -#}
{% macro is_noted_before(comment, note, oldest) -%}
case
    when starts_with({{ comment }}, {{ headgate.literal(note) }})
    then cast(substr({{ comment }}, {{ note | length + 1 }}) as timestamp with time zone) < {{ oldest }}
    else false
end
{%- endmacro %}
