"""`python -m pokegeo_dagster.cli` is `pokegeo`."""

from pokegeo_dagster.cli import main

main()
