"""CUSTOMERS: what is between us?"""
