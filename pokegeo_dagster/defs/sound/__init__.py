"""Sound: what is said and what is heard."""
