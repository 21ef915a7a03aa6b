"""What a person saw in a recorded drive."""
