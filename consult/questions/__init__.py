"""Questions and information requests of the body, with the employer's answers."""
