{#-
    An RE2 pattern token by token in PostgreSQL's words; see macros/sql/postgres_pattern.sql. In RE2 a dot is any character
    but a newline, \d \w \s are ASCII, \b is the edge of a word, and a brace that begins no count stands for itself.
-#}
{% macro postgres_translated(pattern) -%}
    {%- set slash = '\\' -%}
    {%- set ascii = {'d': '0-9', 'w': '0-9A-Za-z_', 's': slash ~ 't' ~ slash ~ 'n' ~ slash ~ 'f' ~ slash ~ 'r '} -%}
    {%- set same = ['t', 'n', 'r', 'f', 'v', 'a'] -%}
    {%- set edges = {'b': 'y', 'B': 'Y', 'A': 'A', 'z': 'Z'} -%}
    {%- set escape, posix = slash * 2 ~ '.', '\\[:\\^?[a-z]+:\\]' -%}
    {%- set class = '\\[\\^?\\]?(?:' ~ posix ~ '|' ~ escape ~ '|[^]' ~ slash * 2 ~ '])*\\]' -%}
    {%- set group, count = '[(][?][^:)]*[:)]?', '[{][0-9]+(?:,[0-9]*)?[}]' -%}
    {%- set out = [] -%}
    {#- What stands before: a quantifier may follow an atom; after another it only says that less is preferred. -#}
    {%- set before = namespace(kind='start') -%}
    {#- 16 is DOTALL. -#}
    {%- for token in modules.re.findall([group, class, escape, count, '.'] | join('|'), pattern, 16) -%}
        {%- set after = token[1:] -%}
        {%- set kind = 'atom' -%}
        {%- if token in ('*', '+', '?') or (token[0] == '{' and after) -%}
            {%- set kind = 'quantifier' -%}
            {%- set large = modules.re.findall('[0-9]+', token) | map('int') | select('>', 255) | list -%}
            {%- if before.kind == 'atom' and not large -%}
                {%- do out.append(token) -%}
            {%- elif before.kind != 'quantifier' or token != '?' -%}
                {{ return(none) }}
            {%- endif -%}
        {%- elif token == '.' -%}
            {%- do out.append('[^' ~ slash ~ 'n]') -%}
        {%- elif token == '(?:' or (token == '(?i)' and loop.first) -%}
            {%- set kind = 'start' -%}
            {%- do out.append(token) -%}
        {%- elif token[:2] == '(?' -%}
            {{ return(none) }}
        {%- elif token in ('(', '|', '^', '$') -%}
            {%- set kind = 'start' -%}
            {%- do out.append(token) -%}
        {%- elif token == '{' -%}
            {%- do out.append(slash ~ token) -%}
        {%- elif token[0] == slash and after in edges -%}
            {%- set kind = 'start' -%}
            {%- do out.append(slash ~ edges[after]) -%}
        {%- elif token[0] == slash and after | lower in ascii -%}
            {%- do out.append(('[' if after in ascii else '[^') ~ ascii[after | lower] ~ ']') -%}
        {%- elif token[0] == slash and after not in same and modules.re.match('[0-9A-Za-z]', after) -%}
            {{ return(none) }}
        {%- elif token[0] == '[' and after -%}
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
        {%- set before.kind = kind -%}
    {%- endfor -%}
    {{ return(out | join('')) }}
{%- endmacro %}
