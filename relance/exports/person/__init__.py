"""A person's own data: everything that is kept of him as one file, and everything taken away."""
