{#- Find keys to be unique, or held by the dataset that they refer to, where that is cheap to prove. -#}
{% macro ask_keys(checks, types, columns, data, found, queries) -%}
    {%- set unique = [] -%}
    {#- Keys of one column first: what is unique by itself is unique together with others. -#}
    {%- for many in (false, true) -%}
        {%- for check in checks -%}
            {%- set position, names = loop.index0, check.get('columns', []) -%}
            {%- if position not in found and (names | length > 1) == many -%}
                {%- set whole = check.get('args', {}).get('ignore_row_if', 'any') == 'any' -%}
                {%- set is_key = whole and 'is_key' in types[check.type].facts -%}
                {%- for part in unique if is_key and not part | reject('in', names) | list -%}
                    {%- do found.update({position: 0}) -%}
                {%- endfor -%}
                {%- for way in types[check.type].evidence -%}
                    {%- set query = headgate[way ~ '_' ~ check.type](check, columns, data) if position not in found else none -%}
                    {%- if query -%}
                        {%- do headgate.ask({position: '(' ~ query | trim ~ ')'}, '(select 1) as one', found, queries) -%}
                    {%- endif -%}
                {%- endfor -%}
                {%- if is_key and found.get(position) == 0 -%}{%- do unique.append(names) -%}{%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
