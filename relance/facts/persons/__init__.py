"""One person: who is there twice, how two become one, and whom relance must not know any more."""
