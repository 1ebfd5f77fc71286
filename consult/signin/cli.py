"""``consult user``: people who sign in, from the command line."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from consult.core import clock
from consult.core.db import db
from consult.people import queries as people
from consult.people import services as people_services
from consult.people.rules import Role, is_address
from consult.signin import services


@click.group("user")
def user() -> None:
    """Add, list and deactivate people who sign in."""


@user.command()
@click.argument("email")
@click.option(
    "--role",
    type=click.Choice([one.value for one in Role if one is not Role.OUTSIDE_KEYHOLDER]),
    required=True,
)
@click.option("--name", default="", help="shown to others; the start of the address if not given")
@click.option("--locale", type=click.Choice(["fr", "en"]), default="fr", help="language of their mails")
@with_appcontext
def add(email: str, role: str, name: str, locale: str) -> None:
    """Add somebody and print the invitation link, good once, for fourteen days."""
    if not is_address(email):
        raise click.BadParameter("not an e-mail address", param_hint="EMAIL")
    account = people_services.add_account(db.session, email=email, name=name, role=Role(role), locale=locale)
    link = services.invite(db.session, account, now=clock.now())
    db.session.commit()
    click.echo(link)


@user.command()
@click.argument("email")
@with_appcontext
def link(email: str) -> None:
    """Print a new link to choose a password, good once: for when no mail arrives."""
    account = services.account_of(db.session, email)
    address = services.new_link(db.session, account, now=clock.now())
    db.session.commit()
    click.echo(address)


@user.command("list")
@with_appcontext
def list_() -> None:
    """One line each: address, role, and whether the account is active."""
    for one in people.accounts(db.session):
        click.echo(f"{one.email}\t{one.role}\t{'active' if one.is_active else 'deactivated'}")


@user.command()
@click.argument("email")
@with_appcontext
def deactivate(email: str) -> None:
    """End somebody's access; the account stays for the record."""
    account = services.account_of(db.session, email)
    people_services.deactivate(db.session, account)
    db.session.commit()
    click.echo(f"{account.email} no longer signs in.")
