"""Files representatives open on an AI nobody has told them about: the body's alone until its first letter,
with sealed sources, letters and answers, and where a file leads.

Of a file that was not sent, nothing goes into the record, the search, a mail, or a list of anybody but the
members who act for the body. Messages about a file lie in a letterbox like any other, and never here."""
