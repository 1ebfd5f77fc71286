"""The expert of a body: appointment, requests with their own short clock, challenge, report, a room with an
end date.

The expert is a guest: reads what the body received, through a mandate that ends with the room, and never its
drafts or files, nor a message."""
