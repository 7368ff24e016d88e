"""What runs on an engineer's machine; nothing here is deployed."""
