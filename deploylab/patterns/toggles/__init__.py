"""Feature toggles: flagd's definitions in a file, behind the interface of OpenFeature."""
