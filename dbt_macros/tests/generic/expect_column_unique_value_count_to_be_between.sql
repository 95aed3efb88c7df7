{% test expect_column_unique_value_count_to_be_between(model, column_name, min_value=none, max_value=none) %}
    {{ headgate.expectation(
        model,
        'expect_column_unique_value_count_to_be_between',
        'the number of distinct values of ' ~ column_name ~ ' is ' ~ headgate.within(min_value, max_value),
        [column_name],
        'distinct_count',
        expect=headgate.comparison('expect_column_unique_value_count_to_be_between', min_value, max_value)
    ) }}
{% endtest %}
