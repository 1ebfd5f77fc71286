"""What waits for me: the start page of people who signed in, the page of a consultation, the outbox of a
demo. Owns no table. It counts and links; texts are read in the rooms they belong to."""
