"""How well alerts answer what a person saw: sensitivity, false alerts an hour, latency."""
