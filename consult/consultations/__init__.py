"""A notice before a body: sending, facts, steps, opening and closing the letterbox, state, review."""
