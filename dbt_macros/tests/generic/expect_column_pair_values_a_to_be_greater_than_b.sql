{% test expect_column_pair_values_a_to_be_greater_than_b(
    model, column_A, column_B, or_equal=false, ignore_row_if='both_values_are_missing'
) %}
    {{ headgate.expectation(
        model,
        'expect_column_pair_values_a_to_be_greater_than_b',
        column_A ~ ' is greater than ' ~ ('or equal to ' if or_equal else '') ~ column_B,
        [column_A, column_B],
        'pair_greater',
        {'or_equal': or_equal, 'ignore_row_if': headgate.rows_ignored('expect_column_pair_values_a_to_be_greater_than_b', ignore_row_if)}
    ) }}
{% endtest %}
