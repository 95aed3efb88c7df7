{% test expect_column_values_to_not_be_in_set(model, column_name, value_set, mostly=1) %}
    {{ headgate.expectation(
        model,
        'expect_column_values_to_not_be_in_set',
        column_name ~ ' is none of ' ~ value_set | join(', '),
        [column_name],
        'not_in_set',
        headgate.of_values(model, column_name, {'values': value_set}),
        mostly=mostly
    ) }}
{% endtest %}
