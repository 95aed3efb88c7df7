select
    event_id,
    customer_id,
    event_type,
    quantity,
    event_time at time zone 'UTC' as event_time,
    received_at at time zone 'UTC' as received_at
from {{ source('raw', 'usage_events') }}
