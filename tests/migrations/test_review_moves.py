"""A notice put to be reread before its revision had a state of its own keeps it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, text

from consult.core import schema

NOTICE = (
    "INSERT INTO notice (id, slug, number, state, visibility, body_ids, author_id, created_on) "
    "VALUES (:id, :id, :number, :state, :visibility, '[]', :account, '2026-11-24')"
)
REVISION = (
    "INSERT INTO revision (id, notice_id, number, title, summary, fields, changelog, imported, published_on, "
    "published_by, version) VALUES (:id, :notice, 1, :text, '{}', '{}', :text, '{}', :on, :by, 1)"
)


def test_it_goes_from_the_notice_to_the_revision_and_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    command.upgrade(schema.configuration(url), "0005")
    engine = create_engine(url)
    account, words = "0" * 32, '{"texts": {"fr": "Un"}, "source": "fr", "made_from": {}}'
    states = ("draft", "in_review", "approved", "published")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO account (id, email, name, role, locale, is_active, session_epoch, version) "
                "VALUES (:id, 'a@x.example', 'A', 'hr_publisher', 'fr', 1, 0, 1)"
            ),
            {"id": account},
        )
        for number, state in enumerate(states, start=1):
            ident, is_out = f"{number}" * 32, state == "published"
            connection.execute(
                text(NOTICE),
                {"id": ident, "number": number, "state": state, "account": account,
                 "visibility": "body" if is_out else "draft"},
            )  # fmt: skip
            connection.execute(
                text(REVISION),
                {"id": ident, "notice": ident, "text": words, "on": "2026-11-24" if is_out else None,
                 "by": account if is_out else None},
            )  # fmt: skip

    def found(query: str) -> list[str]:
        with engine.connect() as connection:
            return [row[0] for row in connection.execute(text(query))]

    schema.upgrade(url)
    assert found("SELECT review FROM revision ORDER BY id") == ["draft", "in_review", "approved", "draft"]
    assert found("SELECT state FROM notice ORDER BY number") == ["draft", "draft", "draft", "published"]
    command.downgrade(schema.configuration(url), "0005")
    assert found("SELECT state FROM notice ORDER BY number") == list(states)
    engine.dispose()
