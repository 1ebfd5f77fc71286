"""Meetings of a body: convocation, agenda, attendance, minutes, pack, requests for an extraordinary one.

A draft of minutes is the secretary's alone. A pack holds what its reader may read on the pages themselves,
and no draft. What a meeting decides is recorded in the room it is about."""
