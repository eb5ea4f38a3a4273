"""What a customer said, understood in the contract's order (docs/replies.md): nothing here knows the database."""
