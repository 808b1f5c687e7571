"""The house as a whole: every address, the one API, and the way in."""
