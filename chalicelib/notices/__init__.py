"""What people are told, once, by which channel."""
