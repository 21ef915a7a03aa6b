"""The driver's pose and hands, looked at twice a second beside the face."""
