"""The pages of the public door, and those behind it."""
