"""What the law of a place says, as dated tables: whose consent is needed for what, and at which hours one may call."""
