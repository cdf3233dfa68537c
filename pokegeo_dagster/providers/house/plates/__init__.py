"""Environment plates: landscapes painted from noise, silhouettes and light, in three depths."""
