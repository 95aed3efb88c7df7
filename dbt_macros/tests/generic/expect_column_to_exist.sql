{% test expect_column_to_exist(model, column_name) %}
    {{ headgate.expectation(
        model,
        'expect_column_to_exist',
        '',
        [column_name]
    ) }}
{% endtest %}
