"""relance: customers, vehicles and visits in; the right word to the right person on the right day out.

The folder names are the pipe: data in → facts → audience → plan → outbox → delivery → replies → measures.
"""

__version__ = "0.1.0"
