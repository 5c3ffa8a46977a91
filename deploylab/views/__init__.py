"""Pictures: a record becomes geometry, words and drawings; nothing here simulates."""
