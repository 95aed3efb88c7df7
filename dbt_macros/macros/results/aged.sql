{#-
    Whether the newest value of each column of a service level is as young as its `within` {count, period} allows: {found}
    is what is wrong, none where nothing is; {reason} is why it cannot be measured.
    A value without a zone is in the level's `timezone`, else UTC; a date is its first moment.
-#}
{% macro aged(level, columns, model) -%}
    {%- for name in level.columns -%}
        {%- if name not in columns -%}
            {{ return({'reason': 'the column ' ~ name ~ ' is missing', 'excused': true}) }}
        {%- elif not columns[name].logical | select('in', ['date', 'timestamp']) | list -%}
            {{ return({'reason': 'the column is ' ~ columns[name].type ~ ', not timestamp', 'excused': true}) }}
        {%- endif -%}
    {%- endfor -%}
    {%- if flags.EMPTY -%}{{ return({'reason': 'dbt runs with --empty', 'excused': true}) }}{%- endif -%}
    {%- set allowed = level.within.count * {'day': 86400, 'hour': 3600, 'minute': 60}[level.within.period] -%}
    {%- for name in level.columns -%}
        {%- set age = run_query(headgate.age_query(name, columns[name], level, model)).rows[0].values()[0] -%}
        {%- if age is none -%}{{ return({'found': 'no row has a ' ~ name}) }}{%- endif -%}
        {%- if age | int < -60 -%}{#- the clocks of two machines differ by less -#}
            {{ return({'found': 'the newest ' ~ name ~ ' is later than the clock'}) }}
        {%- endif -%}
        {%- if age | int > allowed -%}
            {#- The age is a value of the data. -#}
            {%- set said = '***' if level.get('classified') else headgate.duration(age | int) -%}
            {{ return({'found': 'the newest ' ~ name ~ ' is ' ~ said ~ ' old'}) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return({'found': none}) }}
{%- endmacro %}
