"""Pages for people, which need no token: releases, artifact bundles, files, and where they lead."""
