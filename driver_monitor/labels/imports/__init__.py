"""Labels out of other programs' files."""
