{% test expect_column_values_to_match_regex(model, column_name, regex, mostly=1) %}
    {{ headgate.expectation(
        model,
        'expect_column_values_to_match_regex',
        column_name ~ ' matches ' ~ regex,
        [column_name],
        'matches',
        {'pattern': regex},
        mostly=mostly
    ) }}
{% endtest %}
