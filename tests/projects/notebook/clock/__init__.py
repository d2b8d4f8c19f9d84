"""A notebook extension: scripts for two servers, and some that nobody loads."""
