select customer_id, sum(paid_eur) as paid_eur from {{ ref('order_facts', v=2) }} group by 1
