{#-
    The conditions [own, other] under which rows are of a period that is settled: it ended `settled` before the run, so
    that what has not arrived by then is missing. A row without a time always is.
-#}
{% macro settled_only(test, settled, candidates) -%}
    {%- for one in candidates if one.family == 'moment' -%}
        {%- set units = [] -%}
        {%- for expression in [one.own, one.other] -%}
            {%- set cut = modules.re.match("[(\\s]*(?:cast\\s*[(]\\s*)*date_trunc\\s*[(]\\s*'([a-z]+)'", expression | lower) -%}
            {%- do units.append(cut.group(1)) if cut -%}
        {%- endfor -%}
        {%- do units.append('day') if one.dated -%}
        {%- set moment = headgate.literal(headgate.now(), 'timestamp', zoned=false) -%}
        {%- set bound = '(' ~ moment ~ " - interval '" ~ headgate.seconds_of(test, settled) ~ " seconds')" -%}
        {%- set bound = "date_trunc('" ~ units[0] ~ "', " ~ bound ~ ')' if units else bound -%}
        {%- set bound = '(' ~ bound ~ " at time zone 'UTC')" if one.zoned else bound -%}
        {{ return([
            'not coalesce(' ~ one.own ~ ' >= ' ~ bound ~ ', false)', 'not coalesce(' ~ one.other ~ ' >= ' ~ bound ~ ', false)'
        ]) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        "headgate." ~ test ~ ": settled: nothing that the groups are made of is a date or a timestamp on both sides; say"
        ~ " by `as_of` which column is the time"
    ) }}
{%- endmacro %}
