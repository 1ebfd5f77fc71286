"""Who can open what was said: key pairs, wrapping, recovery, unlocking. The chair never can."""
