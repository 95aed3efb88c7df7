{% test expect_column_values_to_be_null(model, column_name, mostly=1) %}
    {{ headgate.expectation(
        model,
        'expect_column_values_to_be_null',
        column_name ~ ' is null',
        [column_name],
        'null',
        mostly=mostly
    ) }}
{% endtest %}
