"""One run in a process of its own: `python -m tests.harness.one CHANNEL MESSAGES KILLS …` prints JSON.

The home and the database are those of the environment; both must be empty.
"""

import importlib
import json
import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relance.settings")
    os.environ.setdefault("RELANCE_PRIVATE_HOSTS", "127.0.0.1")  # there the fake providers stand
    django.setup()
    channel, messages, kills, seed, wait, freezes = sys.argv[1:]
    ordeal = importlib.import_module("tests.harness.ordeal")  # its models can be read only now
    how = {"messages": int(messages), "kills": int(kills), "seed": int(seed)}
    outcome = ordeal.run(channel, **how, wait=float(wait), freezes=float(freezes))
    sys.stdout.write(json.dumps(outcome) + "\n")
