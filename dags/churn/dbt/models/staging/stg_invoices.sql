select
    invoice_id,
    customer_id,
    period_start,
    amount_eur,
    status,
    paid_on
from {{ source('raw', 'invoices') }}
