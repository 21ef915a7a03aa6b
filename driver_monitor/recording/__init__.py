"""Recorded drives: a folder a drive, an MCAP file a segment."""
