"""What programs read of a notice, at the level of the page it comes from."""

from __future__ import annotations

import json

from flask import Response
from flask.typing import ResponseReturnValue

from consult.reading import replies
from consult.reading.views.pages import bp, readable, whole
from consult.web import spaces
from consult.web.readers import anonymous_reader


@bp.get(spaces.READING + "/notices/<slug>/charter.json")
def charter_json(slug: str) -> ResponseReturnValue:
    """The rules of use with what bodies say of each."""
    reader = anonymous_reader()
    told = replies.charter_of(whole(readable(slug, reader), reader))
    return Response(json.dumps(told, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
