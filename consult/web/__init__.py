"""What pages share: who reads, forms, filters, the only sanitiser, pagination, page cache, error pages.

Nothing here knows a person, a notice or a message; it is told by the rooms above."""
