"""One folder per way out of the house; each keeps the contract of delivery/channel.py."""
