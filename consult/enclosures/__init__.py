"""Documents handed over beside a question, an answer or the papers of a meeting, each with its readers. What
they lie beside stands higher and is named by its reference."""
