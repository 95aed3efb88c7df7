select id as payment_id, order_id, method, amount_eur from {{ source('raw', 'raw_payments') }}
