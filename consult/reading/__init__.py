"""What employees and everyone read: home, the notice with its whole thread, lists, tracker. Owns no table."""
