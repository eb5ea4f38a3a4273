"""LIB: what knows no dealer.

Comes in: texts, moments, numbers. Goes out: the same, cleaned, folded, localised or signed.
May look at: nothing of ours.
Must never: know a dealer, a table or a page.
"""
