"""What a documentary is and how its choices are made. Pure: no network, clock or Dagster."""
