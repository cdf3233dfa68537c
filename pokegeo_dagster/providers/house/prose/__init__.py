"""Prose: the house writer's phrase banks, and the grammar that turns a line of them into English."""
