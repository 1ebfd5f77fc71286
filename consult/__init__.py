"""Consult: AI impact notices, the anonymous voice of staff, and their consultation."""
