select
    customer_id,
    country,
    plan,
    signed_up_on,
    cancelled_on
from {{ source('raw', 'customers') }}
