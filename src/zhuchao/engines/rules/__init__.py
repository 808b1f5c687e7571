"""Rules of policies: conditions answered met, not met or unknown, for one firm and for millions."""
