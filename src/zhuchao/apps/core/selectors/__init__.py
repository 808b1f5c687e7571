"""Reads that every app shares."""
