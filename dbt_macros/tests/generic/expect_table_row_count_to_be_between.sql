{% test expect_table_row_count_to_be_between(model, min_value=none, max_value=none) %}
    {{ headgate.expectation(
        model,
        'expect_table_row_count_to_be_between',
        'the number of rows is ' ~ headgate.within(min_value, max_value),
        [],
        'row_count',
        expect=headgate.comparison('expect_table_row_count_to_be_between', min_value, max_value)
    ) }}
{% endtest %}
