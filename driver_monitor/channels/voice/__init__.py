"""How the driver sounds."""
