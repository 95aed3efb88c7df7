select c.customer_id, c.orders, l.paid_eur from {{ ref('customers') }} as c left join {{ ref('lifetime') }} as l on l.customer_id = c.customer_id
