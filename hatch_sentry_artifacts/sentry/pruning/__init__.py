"""Deletes what old releases hold: which ones are old, what they hold, and its deletion."""
