"""Edit: conformed segments and the film they add up to."""
