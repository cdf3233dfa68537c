"""When things are made: assets, checks, resources, partitions. The only floor that imports Dagster.

It decides nothing about a film: what a shot is lives in `film/`, who makes it in `providers/`.
"""

import warnings

# Dagster's own @sensor (1.13) hands a beta parameter on, and would warn every user of every command.
warnings.filterwarnings("ignore", message="Parameter `owners` of initializer `SensorDefinition")
