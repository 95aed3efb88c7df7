-- A fix to try before it is merged: headgate shadow runs it on the published export.
select
    event_id,
    customer_id,
    case event_type when 'support_case' then 'support_ticket' else event_type end as event_type,
    quantity,
    event_time at time zone 'UTC' as event_time,
    received_at at time zone 'UTC' as received_at
from usage_events
