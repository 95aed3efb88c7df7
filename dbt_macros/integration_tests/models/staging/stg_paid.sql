select order_id, sum(amount_eur) as paid_eur from {{ ref('stg_payments') }} group by 1
