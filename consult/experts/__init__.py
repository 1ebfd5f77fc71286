"""The expert of a body: appointment, requests with their own short clock, report, a room with an end date."""
