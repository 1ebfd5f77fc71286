"""What employees and everyone read: home, the notice with its whole thread, lists, tracker, what this server
keeps; the state of a procedure for programs. Owns no table. Without an account it knows a reader's level and
never who reads; a first opening by a mandate is told to `consultations`."""
