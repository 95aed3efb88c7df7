{#-
    The RE2 pattern as an advanced regular expression of PostgreSQL with the same meaning; none where there is no such.
    In RE2 a dot is any character but a newline, \d \w \s are ASCII, and \b is the edge of a word.
-#}
{% macro postgres_pattern(pattern) -%}
    {%- set slash = '\\' -%}
    {%- set ascii = {'d': '0-9', 'w': '0-9A-Za-z_', 's': slash ~ 't' ~ slash ~ 'n' ~ slash ~ 'f' ~ slash ~ 'r '} -%}
    {%- set same = ['t', 'n', 'r', 'f', 'v', 'a', 'A'] -%}
    {%- set escape, posix = slash * 2 ~ '.', '\\[:\\^?[a-z]+:\\]' -%}
    {%- set group = '[(][?][^:)]*[:)]?' -%}
    {%- set class = '\\[\\^?\\]?(?:' ~ posix ~ '|' ~ escape ~ '|[^]' ~ slash * 2 ~ '])*\\]' -%}
    {#- 16 is DOTALL. -#}
    {%- set tokens = modules.re.findall([group, class, escape, '.'] | join('|'), pattern, 16) -%}
    {%- set out = [] -%}
    {%- for token in tokens -%}
        {%- set after = token[1:] -%}
        {%- if token == '.' -%}
            {%- do out.append('[^' ~ slash ~ 'n]') -%}
        {%- elif token == '(?:' or (token == '(?i)' and loop.first) -%}
            {%- do out.append(token) -%}
        {%- elif token[:2] == '(?' -%}
            {{ return(none) }}
        {%- elif token[0] == slash -%}
            {%- if after in ascii -%}
                {%- do out.append('[' ~ ascii[after] ~ ']') -%}
            {%- elif after | lower in ascii -%}
                {%- do out.append('[^' ~ ascii[after | lower] ~ ']') -%}
            {%- elif after in ('b', 'B', 'z') -%}
                {%- do out.append(slash ~ {'b': 'y', 'B': 'Y', 'z': 'Z'}[after]) -%}
            {%- elif after in same or not modules.re.match('[0-9A-Za-z]', after) -%}
                {%- do out.append(token) -%}
            {%- else -%}
                {{ return(none) }}
            {%- endif -%}
        {%- elif token[0] == '[' and token | length > 1 -%}
            {%- for part in modules.re.findall([posix, escape, '.'] | join('|'), token, 16) -%}
                {%- set letter = part[1:] if part[0] == slash else '' -%}
                {%- if letter in ascii -%}
                    {%- do out.append(ascii[letter]) -%}
                {%- elif part[:3] == '[:^' or (letter not in same and modules.re.match('[0-9A-Za-z]', letter)) -%}
                    {{ return(none) }}
                {%- else -%}
                    {%- do out.append(part) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- else -%}
            {%- do out.append(token) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(out | join('')) }}
{%- endmacro %}
