select c.country_code, n.country, sum(f.paid_eur) as revenue_eur
from {{ ref('order_facts', v=2) }} as f
join {{ ref('customers') }} as c on c.customer_id = f.customer_id
join {{ ref('stg_countries') }} as n on n.country_code = c.country_code
group by 1, 2
