"""What waits for me: the start page of people who signed in, the outbox of a demo. Owns no table."""
