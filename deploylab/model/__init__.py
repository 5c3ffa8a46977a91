"""Nouns: frozen data that every other room speaks of."""
