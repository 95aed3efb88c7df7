#!/bin/sh
# Makes the environments of the tools that headgate is compared with, each for itself, in .peers/ of the checkout.
set -eu
cd "$(dirname "$0")/../../.."
uv=.venv/bin/uv
"$uv" venv --quiet --clear --python 3.11 .peers/datacontract-cli
"$uv" pip install --quiet --python .peers/datacontract-cli/bin/python --compile-bytecode \
  'datacontract-cli[duckdb,parquet]==1.2.8'
