with reference as (

    select
        {% if var('as_of') %}
        cast('{{ var("as_of") }}' as date) as as_of
        {% else %}
        cast(max(received_at) as date) as as_of
        from {{ ref('stg_usage_events') }}
        {% endif %}

),

recent_events as (

    select
        events.customer_id,
        events.event_type,
        events.quantity,
        cast(events.event_time as date) as event_on,
        cast(events.event_time as date) > reference.as_of - 30 as in_30d
    from {{ ref('stg_usage_events') }} as events
    cross join reference
    where cast(events.event_time as date) <= reference.as_of

),

usage_per_customer as (

    select
        customer_id,
        count(*) filter (where in_30d) as events_30d,
        sum(quantity) filter (where in_30d and event_type = 'api_call') as api_calls_30d,
        count(*) filter (where in_30d and event_type = 'support_ticket') as support_tickets_30d,
        max(event_on) as last_event_on
    from recent_events
    group by customer_id

),

billing_per_customer as (

    select
        customer_id,
        sum(amount_eur) filter (where period_start > as_of - 90) as invoiced_90d_eur,
        count(*) filter (where status = 'overdue') as overdue_invoices
    from {{ ref('stg_invoices') }}
    cross join reference
    where period_start <= as_of
    group by customer_id

)

select
    customers.customer_id,
    reference.as_of,
    customers.plan,
    customers.cancelled_on is null or customers.cancelled_on > reference.as_of as is_active,
    cast(reference.as_of - customers.signed_up_on as integer) as tenure_days,
    cast(coalesce(usage.events_30d, 0) as integer) as events_30d,
    cast(coalesce(usage.api_calls_30d, 0) as integer) as api_calls_30d,
    cast(coalesce(usage.support_tickets_30d, 0) as integer) as support_tickets_30d,
    cast(reference.as_of - usage.last_event_on as integer) as days_since_last_event,
    cast(coalesce(billing.invoiced_90d_eur, 0) as decimal(12, 2)) as invoiced_90d_eur,
    cast(coalesce(billing.overdue_invoices, 0) as integer) as overdue_invoices
from {{ ref('stg_customers') }} as customers
cross join reference
left join usage_per_customer as usage on usage.customer_id = customers.customer_id
left join billing_per_customer as billing on billing.customer_id = customers.customer_id
where customers.signed_up_on <= reference.as_of
