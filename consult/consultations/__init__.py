"""A notice before a body: sending, days entered and contested, procedures beside, agreements, the letterbox,
the state before a deployment, withdrawal.

What bodies and employers say of it stands higher and tells this room that it happened, as a fact. Never a
message: a letterbox is known here by its number, its dates and its names. Never a word that a system may be
used."""
