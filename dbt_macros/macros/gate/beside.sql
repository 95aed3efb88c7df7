{#-
    A table beside the model that runs: its own name and `suffix`, at most 63 characters long. Batches of a microbatch
    model have a table each, since they may run at once.
-#}
{% macro beside(suffix, each_batch=true) -%}
    {%- set ending = suffix ~ ('_' ~ model.batch.id if each_batch and model.batch else '') -%}
    {%- set name = this.identifier ~ ending -%}
    {%- if name | length > 63 -%}
        {%- set digest = '_' ~ local_md5(this.identifier)[:8] -%}
        {%- set name = this.identifier[:63 - (digest ~ ending) | length] ~ digest ~ ending -%}
    {%- endif -%}
    {{ return(this.incorporate(path={'identifier': name}, type='table')) }}
{%- endmacro %}
