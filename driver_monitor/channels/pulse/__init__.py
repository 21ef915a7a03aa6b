"""Heart rate and breathing, from the skin or from a sensor."""
