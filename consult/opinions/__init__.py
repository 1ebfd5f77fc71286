"""What the body says (opinion, votes, reservations, wishes) and the employer's reasoned response."""
