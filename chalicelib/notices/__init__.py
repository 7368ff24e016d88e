"""What people are told of their dossier, by which channel, once; and what became of it."""
