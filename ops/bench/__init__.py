"""What the service costs, measured: the clock, the pages beside the API, the desk and its search as the table grows."""
