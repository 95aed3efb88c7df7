{% test expect_column_pair_values_to_be_equal(model, column_A, column_B, ignore_row_if='both_values_are_missing') %}
    {{ headgate.expectation(
        model,
        'expect_column_pair_values_to_be_equal',
        column_A ~ ' equals ' ~ column_B,
        [column_A, column_B],
        'pair_equal',
        {'ignore_row_if': headgate.rows_ignored('expect_column_pair_values_to_be_equal', ignore_row_if)}
    ) }}
{% endtest %}
