{#-
    Raises where headgate wrote the test for other macros of check types than this package has: then a check could mean
    something else here. `catalogue` is "<version>+<digest>"; none in a test that was written by hand.
-#}
{% macro validate_catalogue(contract, catalogue) -%}
    {%- set ours = headgate.catalogue() -%}
    {%- if catalogue is not none and catalogue.split('+')[-1] != ours.split('+')[-1] -%}
        {{ exceptions.raise_compiler_error(
            "headgate: the test of " ~ contract ~ " was written by headgate " ~ catalogue ~ ", and the dbt package"
            ~ " headgate is " ~ ours ~ ", whose checks differ; install both in one version: run dbt deps, then headgate"
            ~ " dbt sync"
        ) }}
    {%- endif -%}
{%- endmacro %}
