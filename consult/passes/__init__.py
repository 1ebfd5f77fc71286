"""Giving out the right to speak: slips, invitations, claims, blind signatures. It knows who is invited and
never what is said: what it hands to the letterbox are opaque hashes and public keys."""
