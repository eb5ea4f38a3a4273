"""Commands about messages on their way out: senders, delivering, what nobody can tell about, what is stopped."""
