"""PROGRAMMES: who will hear from us, and is that right? The home page, its squares, the people behind them."""
