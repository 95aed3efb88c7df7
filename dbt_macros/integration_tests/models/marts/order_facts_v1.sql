select order_id, paid_eur from {{ ref('orders') }}
