"""What a contract check costs: headgate beside the floor and beside other tools, on the same thirty checks.

`python -m benchmarks.checks --help`. What is compared is CPU seconds (user + system, all threads, of the process and of
the database server), since the wall clock of a shared machine says little.
"""
