"""The set-up by profile, and the page of the organisation's rules. It gathers from every room and owns no
table: answers are kept by `people.settling`, what follows from them by `people.regimes`. No rule here goes
below what the product never lets go below."""
