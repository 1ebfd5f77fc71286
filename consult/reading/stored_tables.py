"""Every table but those of the voice, described for the page of what is stored."""

from __future__ import annotations

from typing import Any

from consult.core.i18n import _l

Words = Any
REST: dict[Words, dict[str, Words]] = {
    _l("People who sign in (representatives, human resources, administrators)"): {
        "account": _l("Name, e-mail address, language, role, and a fingerprint of the password."),
        "mandate": _l("Who sits on which body, in which capacity, from when to when."),
        "replacement": _l("Which alternate votes in whose place, from when to when."),
        "keyholder": _l(
            "Who holds keys: a public key, and a private one sealed by passphrase and recovery code. The day "
            "the passphrase was last shown to open."
        ),
        "handover": _l("Who follows whom as keyholder, on which resolution, and since when it is over."),
        "signin_failures": _l("How many sign-ins of an account failed in a row. No address, no device."),
        "signin_token": _l("Fingerprints of invitation and reset links, with their end."),
        "signin_unknown": _l(
            "How many sign-ins of unknown accounts were tried. One number for the whole server."
        ),
        "api_key": _l(
            "Keys of programs: a name, a fingerprint of the secret, what it may read, who made it, and the "
            "last day it was used."
        ),
        "letter": _l("Outgoing e-mails to these people, with links only, never what an employee wrote."),
        "reminder_choice": _l("How somebody wants to be reminded, where they chose."),
        "calendar": _l(
            "Secret addresses of calendars: whose, of what, and a fingerprint of the secret. Nothing tells"
            " when one was read."
        ),
        "reminder": _l("Which reminders went to whom, so that none goes twice."),
        "receipt": _l("For each member of a body: e-mail accepted, first opening of a notice."),
    },
    _l("What the organisation publishes"): {
        "organisation": _l("Name, country and regime, access words, numbers to call."),
        "rule_answer": _l("Answers to the questions of the set-up: what, on which day, by whom and why."),
        "establishment": _l("Sites and their headcount."),
        "body": _l("Bodies of representatives."),
        "body_establishment": _l("Which sites a body stands for."),
        "delegation": _l("Which acts a body lets one of its members do, from when to when."),
        "delegated_use": _l("What was done under a delegation, by day."),
        "resolution": _l("Decisions of a body with their votes."),
        "notice": _l("Impact notices: address, state, days, who may read them."),
        "revision": _l("Each text of a notice; a published one never changes."),
        "affected_group": _l("Groups of people a notice concerns. Never a name."),
        "work_change": _l("Expectations and jobs, before and after."),
        "learning_step": _l("Trainings and team rituals, with their days."),
        "charter_rule": _l("Rules of use of a system."),
        "unknown": _l("What is not known yet, who will answer, by when."),
        "milestone": _l("Dates of a project."),
        "stored_file": _l("Uploaded files, by the fingerprint of their content: kind, size, day."),
        "attachment": _l("Files of a notice: name, kind, size, who may open each."),
        "consultation": _l("A notice before a body."),
        "fact": _l("What happened in a consultation, by day."),
        "side_procedure": _l("Procedures that run beside the consultations of a notice."),
        "procedure_override": _l("What an agreement or a judge set instead of a procedure’s date."),
        "early_milestone": _l("Why a date was kept that comes before the end of the procedure, and when."),
        "sending": _l("When a notice was sent to a body, and by whom."),
        "question": _l("Questions of a body."),
        "answer": _l("Answers of the employer to questions."),
        "enclosure": _l(
            "Documents handed over beside a question or a meeting: who may open them, until when."
        ),
        "expert_mission": _l("Experts a body appointed: firm, mission, report, end of access."),
        "expert_request": _l("What an expert asked of the employer, and the answer."),
        "meeting": _l("Meetings of a body: day, place, agenda, minutes."),
        "agenda_item": _l("Items of an agenda."),
        "attendance": _l("Who was at a meeting."),
        "unanswered": _l("Questions a body declared unanswered."),
        "theme_answer": _l("Answers of the employer to themes."),
        "opinion": _l("Opinions of a body."),
        "opinion_point": _l("Reservations and wishes."),
        "proposition": _l("What a body put to the vote, with the count and the rule applied."),
        "opinion_statement": _l("What a body put on record without giving an opinion."),
        "opinion_translation": _l("Courtesy translations of adopted opinions: who added each, and when."),
        "response": _l("Reasoned responses."),
        "response_follow_up": _l("Further answers of the employer to a reservation or a wish."),
        "response_file": _l("Files of a reasoned response, by their fingerprint."),
        "charter_vote": _l("Votes of a body on rules of use."),
        "charter_position": _l("What a body says of each rule of use, and why."),
        "remark": _l("Comments of a body beside a notice."),
        "response_point": _l("The answer to each reservation and wish."),
        "commitment": _l("What was promised, by which function, for when."),
        "commitment_update": _l("What the employer said of a commitment since."),
        "verdict": _l("Whether a body confirms or contests that a commitment was kept."),
    },
    _l("What one side writes and the other does not read before it is sent or adopted"): {
        "review_note": _l("Notes between those who write a notice. Deleted when the notice is withdrawn."),
        "dossier": _l(
            "Files a body opened on an AI system without a notice: what it is, where, since when, its state."
        ),
        "dossier_letter": _l("Letters of a body to the employer about such a file, and the answers."),
        "dossier_support": _l("Which members support such a file."),
        "dossier_source": _l("Where a body has such a file from, sealed to its members’ keys."),
        "meeting_request": _l("Requests for an extraordinary meeting."),
        "meeting_support": _l("Which members support such a request."),
        "paper": _l("Drafts of model texts, read by the side that prepares them alone."),
        "paper_version": _l("Each text such a draft was saved with, the day, and by whom."),
        "opinion_draft": _l("Drafts of opinions. Read by the body alone."),
        "opinion_draft_version": _l("Each saved text of a draft. Read by the body alone."),
        "opinion_draft_seen": _l("Which members opened which version of a draft. Read by the body alone."),
        "opinion_draft_comment": _l("What members wrote about a draft. Read by the body alone."),
        "opinion_declaration": _l("Declarations annexed to an opinion; read by the body alone until then."),
        "proposition_vote": _l("How each member voted, where a body votes by name. Read by the body alone."),
        "response_draft": _l("What human resources are writing before they respond. Deleted when they do."),
    },
    _l("The record"): {
        "leaf": _l("One line per act of record: kind, day, fingerprint."),
        "leaf_salt": _l("What a fingerprint was salted with; destroyed when a text must be erased."),
        "entry": _l("The title of each act, and who may read it."),
        "link": _l("What led to what."),
        "awaiting": _l("What has no answer yet (questions, themes, opinions, unknowns), and since when."),
        "search_document": _l(
            "The words a notice or an act is found by, in alphabetical order. Nobody’s search is kept."
        ),
        "search_word": _l("Each of these words once, to look for one by its beginning."),
        "content_version": _l("One number, raised by each act, so that pages are never old."),
    },
    _l("Copies of this server"): {
        "backup_copy": _l("The day on which copies must be destroyed. Nothing else about them."),
    },
}
"""Every other table, by what it is about."""
