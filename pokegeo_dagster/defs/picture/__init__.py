"""Picture: seed images, opening frames, moving clips."""
