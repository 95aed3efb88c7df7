{% test expect_column_values_to_not_match_regex(model, column_name, regex, mostly=1) %}
    {{ headgate.expectation(
        model,
        'expect_column_values_to_not_match_regex',
        column_name ~ ' does not match ' ~ regex,
        [column_name],
        'not_matches',
        {'patterns': [regex]},
        mostly=mostly
    ) }}
{% endtest %}
