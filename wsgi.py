"""The WSGI entry of the checkout: any WSGI server can serve ``wsgi:app``. It refuses to start, as
`consult serve` does, beside anything that would log what people write."""

import os

from consult.app import create_app
from consult.core import config, doctor, machine

settings = config.load()
refusals = doctor.refusals(settings, os.environ)
if refusals:
    raise SystemExit("\n".join(refusals))
machine.no_core_dumps()
app = create_app(settings)
