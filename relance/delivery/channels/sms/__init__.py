"""Text messages: Twilio's HTTP API, and any gateway that takes JSON over HTTP."""
