"""Anonymity, the pure part: sealing, the release rule, thresholds, words, keys, rights, self-identification.

Nothing here knows Flask, a database, a clock, a log or any other package of the product: bytes and
texts go in, bytes and facts come out, and nothing is kept."""
