"""What is asked before an automation is switched on: whether it may be, and who would hear the same twice."""
