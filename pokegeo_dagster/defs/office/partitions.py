"""Partitions: episodes come and go, clips and references are numbered.

Dagster sorts the two dimensions of a multi-partition by name, so the second dimension's name sorts
after «episode» and keys read «haunter|clip_05».
"""

import dagster as dg
from dagster._utils.warnings import disable_dagster_warnings

from pokegeo_dagster.film.ids import CLIP_IDS, REFERENCE_IDS

EPISODES = dg.DynamicPartitionsDefinition(name="episodes")
EPISODE_SHOTS = dg.MultiPartitionsDefinition(
    {"episode": EPISODES, "shot": dg.StaticPartitionsDefinition(list(CLIP_IDS))}
)
EPISODE_REFERENCES = dg.MultiPartitionsDefinition(
    {"episode": EPISODES, "reference": dg.StaticPartitionsDefinition(list(REFERENCE_IDS))}
)


def mapping_between(
    upstream: dg.PartitionsDefinition, downstream: dg.PartitionsDefinition
) -> dg.PartitionMapping:
    """How a piece of one asset feeds another: its own episode, and its own clip where both have clips.

    Built-in mappings only: a class of our own breaks backfills and the UI.
    """
    if upstream is downstream:
        return dg.IdentityPartitionMapping()
    # Both mappings are marked beta in 1.13 and say so at every start; they have been there since 1.1.
    with disable_dagster_warnings():
        if EPISODES in (upstream, downstream):
            return dg.MultiToSingleDimensionPartitionMapping("episode")
        # Without this, references → shots loads and silently falls back to identity.
        same_episode = dg.DimensionPartitionMapping("episode", dg.IdentityPartitionMapping())
        return dg.MultiPartitionMapping({"episode": same_episode})
