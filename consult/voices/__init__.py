"""The anonymous side, whole: letterbox, speaking, release.

It knows no account, notice or consultation; the letterbox is told its title, dates, thresholds and
keyholders' names by the rooms above. May not import people, signin, register, mail, passes or sessions."""
