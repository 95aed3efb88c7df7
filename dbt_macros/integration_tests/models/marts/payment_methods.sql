select method, count(*) as payments from {{ ref('payments') }} group by 1
