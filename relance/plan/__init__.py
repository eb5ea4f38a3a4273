"""PLAN: automations × a moment → drafts.

Comes in: automations, facts, a moment. Goes out: drafts (who, about what, when, in which words).
May look at: audience, facts, dealers, lib.
Must never: write (but automations themselves); ask for consent (that is the gate's).
"""
