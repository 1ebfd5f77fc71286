"""Documents handed over beside a question, an answer or the papers of a meeting, each with its readers: the
body, or people named until a day. Never wider than the body, nor than the notice they go with. What they lie
beside stands higher and is named by its reference."""
