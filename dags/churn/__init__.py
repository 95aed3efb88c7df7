"""A whole pipeline, to copy: the folder is a package in the DAGs folder, which Airflow has on its path."""
