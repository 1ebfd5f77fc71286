"""Pure: templates of procedures as data, and the clock of their steps."""
