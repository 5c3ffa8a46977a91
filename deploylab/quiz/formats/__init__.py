"""Quizzes from and for other tools; what a format cannot carry is told, and never dropped in silence."""
