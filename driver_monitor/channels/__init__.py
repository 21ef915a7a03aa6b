"""Senses beside the face as it looks: pulse, voice, body. Each is optional, off by default, and alarms nobody alone."""
