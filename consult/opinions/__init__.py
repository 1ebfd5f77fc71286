"""What the body says (its draft, votes, the opinion with reservations, wishes and declarations, the comment
beside a notice, positions on the charter of use) and the employer's reasoned response with what follows it.

A draft is one side's alone: the other is told of none, and it is in no record or search. Once given, nothing
changes. Themes are brought in as they were published; no message is read here."""
