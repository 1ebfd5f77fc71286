"""The product as `consult serve` serves it, but for the bucket that would slow a flood of messages."""

from __future__ import annotations

from consult.app import create_app
from consult.core import config, serving
from consult.voices.rules import Bucket

if __name__ == "__main__":
    settings = config.load()
    app = create_app(settings)
    app.extensions["consult.speak_bucket"] = Bucket(1e9, 1e9)
    serving.serve(app, settings)
