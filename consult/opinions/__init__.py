"""What the body says (comment, opinion, votes, reservations, wishes) and the employer's reasoned response."""
