"""Training and measuring the shipped models; nothing here runs in a car."""
