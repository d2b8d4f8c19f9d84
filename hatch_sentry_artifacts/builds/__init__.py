"""What every build does, whichever back end runs it."""
