"""Thin front ends: each turns its host's world into a call of publish()."""
