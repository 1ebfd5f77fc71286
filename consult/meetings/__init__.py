"""Meetings of a body: convocation, agenda, attendance, minutes, pack, requests for an extraordinary one."""
