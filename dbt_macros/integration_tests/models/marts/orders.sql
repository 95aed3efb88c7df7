{{ config(materialized='incremental', unique_key='order_id', incremental_strategy='delete+insert') }}
select o.order_id, o.customer_id, o.ordered_on, o.status, coalesce(p.paid_eur, 0) as paid_eur
from {{ ref('stg_orders') }} as o left join {{ ref('stg_paid') }} as p on p.order_id = o.order_id
