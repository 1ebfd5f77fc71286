"""Who is who: the organisation and its rules, accounts, establishments, bodies, mandates, replacements,
resolutions, delegations, keys of programs; permissions.

How an account proves itself is `signin`'s; what features allow is asked here by `@requires`. Nothing of what
a body decided about stands here but the resolution, and nothing of what anybody wrote without a name."""
