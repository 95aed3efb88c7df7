{% test expect_column_value_lengths_to_equal(model, column_name, value, mostly=1) %}
    {{ headgate.expectation(
        model,
        'expect_column_value_lengths_to_equal',
        'the length of ' ~ column_name ~ ' is ' ~ value,
        [column_name],
        'length_between',
        headgate.bounds(value, value, false, false),
        mostly=mostly
    ) }}
{% endtest %}
