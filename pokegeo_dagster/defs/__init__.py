"""When things are made: assets, checks, resources, partitions. The only floor that imports Dagster.

It decides nothing about a film: what a shot is lives in `film/`, who makes it in `providers/`.
"""
