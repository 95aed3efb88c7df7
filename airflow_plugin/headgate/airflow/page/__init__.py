"""The page inside Airflow: an app below the address of the API server, with the rights of Airflow's auth manager.

Only the API server imports it.
"""
