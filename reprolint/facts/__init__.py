"""From one parsed file to its facts: pure, without other files, small and serialisable."""
