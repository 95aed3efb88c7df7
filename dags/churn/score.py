"""How likely each customer is to leave: the last step of the example before the gate."""

# A logistic model, fitted once and written down: what makes a customer leave counts up, what makes one stay counts
# down. Who has cancelled is at 1.
SCORES = """
create or replace table analytics.churn_scores_new as
with logits as (
    select
        customer_id,
        as_of,
        is_active,
        -0.6
        - 0.10 * events_30d
        + 0.06 * coalesce(days_since_last_event, 30)
        + 0.50 * support_tickets_30d
        + 0.70 * overdue_invoices
        - 0.0005 * tenure_days
        - 0.002 * cast(invoiced_90d_eur as double) as logit
    from analytics.customer_features
)
select
    customer_id,
    cast(case when is_active then 1 / (1 + exp(-logit)) else 1 end as double) as churn_score,
    cast(as_of as timestamp) as scored_at
from logits
order by customer_id
"""


def score(database: str) -> int:
    """Write `analytics.churn_scores_new` of the DuckDB file `database` from its `analytics.customer_features`.

    One row per customer, the old scores replaced in one transaction. `scored_at` is the day the features stand for, so
    that the same features give the same table. Returns the number of rows.
    """
    import duckdb

    with duckdb.connect(database) as connection:
        connection.begin()
        connection.execute(SCORES)
        rows = connection.execute("select count(*) from analytics.churn_scores_new").fetchall()
        connection.commit()
    return int(rows[0][0])
