"""Story: from the order to a screenplay, and each clip's slice of it."""
