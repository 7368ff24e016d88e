"""`make rehearse`: what is deployed to a province, tried whole on a local cloud that enforces each function's role."""
