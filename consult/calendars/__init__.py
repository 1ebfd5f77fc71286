"""What is due, for whom and by when, gathered from every room below: calendars at secret addresses, and
reminders by mail. Nothing an employee wrote is ever read here, and nothing but titles and days leaves."""
