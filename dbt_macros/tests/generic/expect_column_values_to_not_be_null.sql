{% test expect_column_values_to_not_be_null(model, column_name, mostly=1) %}
    {{ headgate.expectation(
        model,
        'expect_column_values_to_not_be_null',
        column_name ~ ' is not null',
        [column_name],
        'not_null',
        mostly=mostly
    ) }}
{% endtest %}
