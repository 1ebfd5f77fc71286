"""Measurements against two floors in the same run: the same bytes from raw WSGI, and a bare Flask answer."""
