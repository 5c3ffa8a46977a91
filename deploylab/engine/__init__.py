"""The world: requests, queues and instances, simulated exactly."""
