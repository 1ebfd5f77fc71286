"""The representatives' desk: read what was released, bring it under themes, word, publish, answer."""
