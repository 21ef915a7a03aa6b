"""Expressions too short to be noticed."""
