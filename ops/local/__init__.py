"""The whole product on one machine: the deployed template on a local cloud, and simulated providers."""
