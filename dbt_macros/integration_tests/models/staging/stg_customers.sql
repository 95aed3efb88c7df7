select id as customer_id, name, country as country_code from {{ source('raw', 'raw_customers') }}
