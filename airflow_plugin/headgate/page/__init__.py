"""The page that everybody opens first: what is broken, who has it, who reads it, as HTML from the history.

Views are functions from a question to a document. Airflow's API server answers them live, `headgate report` writes them
to a folder.
"""
