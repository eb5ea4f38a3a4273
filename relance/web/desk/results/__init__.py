"""RESULTS: did it help?"""
