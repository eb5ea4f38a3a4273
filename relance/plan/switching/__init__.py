"""What stands between writing an automation and its being on: sketches, whether it may be, who would hear twice."""
