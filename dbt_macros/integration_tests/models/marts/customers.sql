select c.customer_id, c.name, c.country_code, count(o.order_id) as orders
from {{ ref('stg_customers') }} as c left join {{ ref('stg_orders') }} as o on o.customer_id = c.customer_id
group by 1, 2, 3
