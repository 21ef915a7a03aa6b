"""Hands, arms and posture."""
