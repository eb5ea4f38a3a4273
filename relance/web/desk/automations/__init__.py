"""AUTOMATIONS: what does each one say to whom, and when?"""
