"""Keeps an eye on the house: backups by night, and an alarm that is sent when the doctor finds a fault."""
