"""What programs of this machine may see and ask of a running monitor."""
