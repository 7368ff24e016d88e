"""One-stop public services of one province."""
