{% test expect_compound_columns_to_be_unique(model, column_list, ignore_row_if='all_values_are_missing') %}
    {{ headgate.expectation(
        model,
        'expect_compound_columns_to_be_unique',
        column_list | join(', ') ~ ' are unique together',
        column_list,
        'unique',
        {'ignore_row_if': headgate.rows_ignored('expect_compound_columns_to_be_unique', ignore_row_if)}
    ) }}
{% endtest %}
