{{ config(materialized='incremental', incremental_strategy='append') }}
select payment_id, order_id, method, amount_eur from {{ ref('stg_payments') }}
{% if is_incremental() %}where payment_id > (select max(payment_id) from {{ this }}){% endif %}
