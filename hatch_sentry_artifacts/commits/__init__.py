"""The commits of a release: chosen out of a repository's history, and told to the server."""
