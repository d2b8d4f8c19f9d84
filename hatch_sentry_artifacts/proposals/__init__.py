"""What `init` proposes for a project: its configuration, and what else an upload needs."""
