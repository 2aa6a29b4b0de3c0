"""The versions that a project's own files name: lock files, requirements, manifests, environments, images."""
