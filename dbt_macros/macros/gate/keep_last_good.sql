{#- {sql}, by which the model keeps the rows that it has; {reason} where there are none to keep. -#}
{% macro keep_last_good(built, reports, refused) -%}
    {%- if load_cached_relation(this) is none -%}
        {{ return({'reason': 'nothing was published yet'}) }}
    {%- elif model.batch -%}
        {{ return({'reason': 'a batch takes the place of the rows of its period'}) }}
    {%- endif -%}
    {%- set rejected = headgate.reject(built.stage) -%}
    {%- set nothing_new = rejected ~ ' where 1 = 0' -%}
    {%- set rows = 'select * from ' ~ (nothing_new if built.temporary else this) -%}
    {%- set said = 'headgate KEPT ' ~ reports | map(attribute='contract') | unique | join(', ') ~ ': ' ~ this
        ~ ' stays as it was; the rejected rows are in ' ~ rejected -%}
    {%- do headgate.record_gate('kept_last_good', reports, refused, {'rejected': rejected}) -%}
    {%- do exceptions.warn(([said] + refused) | join('; ')) -%}
    {{ return({'sql': built.create(built.temporary, built.relation, rows, **built.options)}) }}
{%- endmacro %}
