"""Gemini: a researcher, a writer and an illustrator for hire, through Google's own SDK."""
