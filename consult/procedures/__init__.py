"""Pure: templates of procedures as data, and the clock of their steps. No database, no request, no today:
facts and a day go in, dates with their reference come out. It never says that a duty exists or that silence
is agreement."""
