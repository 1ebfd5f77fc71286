"""The cellar: settings, paths, clock, errors, databases, languages. Knows nothing of what stands above."""
