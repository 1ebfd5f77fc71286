"""Every models module in one import, for migrations, tests and the page of what is stored."""

from consult.calendars import models as calendars
from consult.commitments import models as commitments
from consult.concerns import models as concerns
from consult.consultations import models as consultations
from consult.core import copies
from consult.core.db import Base
from consult.dossiers import models as dossiers
from consult.enclosures import models as enclosures
from consult.experts import models as experts
from consult.files import models as files
from consult.keyholders import models as keyholders
from consult.mail import models as mail
from consult.meetings import models as meetings
from consult.notices import models as notices
from consult.opinions import draft_models as opinion_drafts
from consult.opinions import models as opinions
from consult.opinions import vote_models as opinion_votes
from consult.papers import models as papers
from consult.passes import models as passes
from consult.people import models as people
from consult.questions import models as questions
from consult.register import models as register
from consult.signin import models as signin
from consult.voices import models as voices

MODULES = (
    copies, people, signin, register, mail, files, notices, voices, keyholders, passes, commitments,
    consultations, questions, opinions, experts, concerns, meetings, enclosures, dossiers, papers, calendars,
    opinion_drafts, opinion_votes,
)  # fmt: skip
metadata = Base.metadata
