"""Values and their files: text, scheme, documents, the corpus on disk, Label Studio's region JSON."""
