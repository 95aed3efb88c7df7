{% test expect_table_row_count_to_equal(model, value) %}
    {{ headgate.expectation(
        model,
        'expect_table_row_count_to_equal',
        'the number of rows is ' ~ value,
        [],
        'row_count',
        expect={'operator': '=', 'bounds': [value]}
    ) }}
{% endtest %}
