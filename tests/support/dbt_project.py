"""A dbt project that has the package headgate."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
# Not UTC: what a check finds must not depend on the session's time zone.
ELSEWHERE = "America/New_York"


def make_project(folder: Path) -> Path:
    """Make an empty project in `folder`, with the targets duckdb and postgres."""
    (folder / "models").mkdir(parents=True)
    # What `dbt deps` would do, in no time.
    (folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT / 'dbt_macros'}\n")
    (folder / "dbt_packages").mkdir()
    (folder / "dbt_packages" / "headgate").symlink_to(ROOT / "dbt_macros")
    (folder / "dbt_project.yml").write_text(
        "name: trial\nversion: '1.0'\nprofile: trial\n"
        # The last is the default from dbt 1.11.
        "flags: {send_anonymous_usage_stats: false, require_generic_test_arguments_property: true}\n"
    )
    (folder / "profiles.yml").write_text(
        f"""trial:
  target: duckdb
  outputs:
    duckdb: {{type: duckdb, path: '{folder}/warehouse.duckdb', schema: main, settings: {{TimeZone: {ELSEWHERE}}}}}
    postgres:
      type: postgres
      host: 127.0.0.1
      port: "{{{{ env_var('TRIAL_PORT', '0') | int }}}}"
      user: headgate
      password: ""
      dbname: postgres
      schema: main
"""
    )
    return folder
