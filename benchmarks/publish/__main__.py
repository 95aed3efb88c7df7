"""`python -m benchmarks.publish`: this part of the benchmark alone; the options are those of benchmarks.checks."""

import sys

from benchmarks.checks.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["--only", "publish", *sys.argv[1:]]))
