{% test expect_column_value_lengths_to_be_between(
    model, column_name, min_value=none, max_value=none, strict_min=false, strict_max=false, mostly=1
) %}
    {{ headgate.expectation(
        model,
        'expect_column_value_lengths_to_be_between',
        'the length of ' ~ column_name ~ ' is ' ~ headgate.within(min_value, max_value, strict_min, strict_max),
        [column_name],
        'length_between',
        headgate.bounds(min_value, max_value, strict_min, strict_max),
        mostly=mostly
    ) }}
{% endtest %}
