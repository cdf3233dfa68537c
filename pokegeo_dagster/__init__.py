"""From the name of a Pokémon to a finished wildlife documentary: one Dagster asset graph."""
