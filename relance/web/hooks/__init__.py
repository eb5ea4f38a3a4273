"""HOOKS: doors for machines and for links in messages; no sign-in, no cookies, no logic."""
