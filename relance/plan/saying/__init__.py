"""What stands behind a wording: the voice, how facts are shown, what stands around a subject, words with a meaning."""
