select ordered_on, sum(paid_eur) as revenue_eur from {{ ref('orders') }} group by 1
