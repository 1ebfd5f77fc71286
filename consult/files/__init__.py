"""Uploads: checked by what they hold, stored by hash outside the web root, served so that nothing runs.

It knows nothing of notices: who may read a file is said by the row of the room that shows it."""
