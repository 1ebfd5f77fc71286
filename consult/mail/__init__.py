"""The outbox and its delivery: a letter is a row in the act's own transaction, sent afterwards.

Nothing about who may speak, and nothing anybody said, ever passes here."""
