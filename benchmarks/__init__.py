"""How fast the engine is, beside its peers, in one run."""
