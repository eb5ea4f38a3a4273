"""AUDIENCE: rules → a question.

Comes in: a rule tree, a subject, a reference moment. Goes out: one query; the sentence and findings of each rule.
May look at: facts, dealers, lib.
Must never: be evaluated anywhere but in the database.
"""
