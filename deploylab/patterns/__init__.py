"""Verbs: the deployment patterns, one a file, named as the books name them."""
