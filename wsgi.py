"""The WSGI entry of the checkout: any WSGI server can serve ``wsgi:app``."""

from consult.app import create_app

app = create_app()
