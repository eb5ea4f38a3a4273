"""E-MAIL: composing, and handing over by SMTP."""
