"""The safety floor: the lapses that no config may leave without an alert, played against its rules."""
