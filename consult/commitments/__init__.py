"""Promises of the employer to a body, on a notice: how they move, and what the body says of them."""
