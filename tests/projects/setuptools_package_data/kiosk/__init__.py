"""A kiosk whose scripts are package data."""
