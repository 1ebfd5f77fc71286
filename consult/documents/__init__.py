"""Writers of files people take away: PDF, QR codes, calendars, feeds. They know nothing of notices."""
