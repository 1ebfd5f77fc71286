"""What is due, for whom and by when, gathered from every room below: calendars at secret addresses, and
reminders by mail. Owns those addresses and which reminders went out, nothing else. Nothing an employee wrote
is ever read here; days, numbers and titles leave, and no text."""
