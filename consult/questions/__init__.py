"""Questions and information requests of the body, from a bank or its own, with the employer's answers;
declared unanswered by the body. Read by whoever reads the notice. What was said without a name comes here as
a published theme named as the cause, never as a message."""
