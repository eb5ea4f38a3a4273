"""CONTACT: the commands about what stands between a dealer and his customers."""
