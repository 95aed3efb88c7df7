select order_id, customer_id, paid_eur from {{ ref('orders') }}
