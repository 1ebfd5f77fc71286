"""Who is who: the organisation, accounts, establishments, bodies, mandates, resolutions; permissions.

How an account proves itself is `signin`'s; what features allow is asked here by `@requires`."""
