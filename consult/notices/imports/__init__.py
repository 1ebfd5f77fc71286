"""Assessments and registers made elsewhere, read into drafts of notices.

Pure: bytes in, `draft.ImportedDraft` out, or `refusals.ImportRefused` with facts. No database, no
request, no clock. `aia` reads Canada's Algorithmic Impact Assessment, `ai_register` the Government
of Canada's AI register. Texts are kept as they were written; escaping them is the page's work.
"""
