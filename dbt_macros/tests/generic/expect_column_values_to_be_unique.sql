{% test expect_column_values_to_be_unique(model, column_name, mostly=1) %}
    {{ headgate.expectation(
        model,
        'expect_column_values_to_be_unique',
        column_name ~ ' is unique',
        [column_name],
        'unique',
        mostly=mostly
    ) }}
{% endtest %}
