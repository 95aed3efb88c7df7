select customer_id from {{ ref('customers') }} order by orders desc, customer_id limit 3
