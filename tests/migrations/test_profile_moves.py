"""An organisation founded before there were regimes gets the one its country says."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from consult.core import schema

FOUND = (
    "INSERT INTO organisation (id, name, country, languages, access_word, previous_word, is_public, "
    "emergency, alert_channel) VALUES (1, 'Havre', :country, 'both', 'tilleul-bleu', '', 0, '[]', "
    '\'{"texts": {}, "source": "fr", "made_from": {}}\')'
)


@pytest.mark.parametrize(
    ("country", "regime"),
    [("fr", "fr_private"), ("ca", "ca_provincial"), ("be", "be"), ("de", "de"), ("lu", "other")],
)
def test_the_country_says_the_regime(tmp_path: Path, country: str, regime: str) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    command.upgrade(schema.configuration(url), "0017")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(FOUND), {"country": country})
    command.upgrade(schema.configuration(url), "0018")
    with engine.connect() as connection:
        row = connection.execute(text("SELECT regime, reach, keyholders_wanted FROM organisation")).one()
    assert tuple(row) == (regime, "some_without", 3)
    command.downgrade(schema.configuration(url), "0017")
    engine.dispose()
