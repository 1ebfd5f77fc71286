"""What every command begins with, and the two that need no application: ``backup`` and ``restore``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click

from consult.core import backup as copying
from consult.core import clock, config, copies, restoring
from consult.core.config import Settings
from consult.core.errors import Refused

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def settings() -> Settings:
    """The environment's; faults are said, one a line, and end the command with status 1."""
    try:
        return config.load()
    except config.BadSettings as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        raise SystemExit(1) from None


def private(data_dir: Path) -> None:
    """What this process creates is for its own account alone, the database first of all."""
    os.umask(0o077)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)


def _begin() -> Settings:
    found = settings()
    private(found.data_dir)
    clock.set_zone(found.timezone)
    return found


def _tell_deleted(gone: Iterable[Path]) -> None:
    for path in gone:
        click.echo(f"Deleted, its last day has come: {path}")


@click.command()
@click.argument("target", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--keep", type=int, metavar="DAYS", help="days the copy may exist (default: 30)")
@click.option("--force", is_flag=True, help="replace FILE if it exists")
@click.option("--prune", type=_FOLDER, metavar="FOLDER", help="delete copies past their last day there")
def backup(target: Path | None, keep: int | None, force: bool, prune: Path | None) -> None:
    """Copy database and files into FILE while the server runs.

    FILE may be a folder: the copy then gets a name that tells its last day. Without FILE it goes to
    CONSULT_BACKUP_DIR. A copy may exist for 30 days at most while a letterbox has keys."""
    found = _begin()
    if prune is not None:
        _tell_deleted(copies.prune(prune, on=clock.today()))
        if target is None:
            return
    target = target or (Path(found.backup_dir) if found.backup_dir else None)
    if target is None:
        raise click.UsageError("name a FILE, or set CONSULT_BACKUP_DIR")
    try:
        made = copying.make(found, target, on=clock.today(), keep=keep, force=force)
    except OSError as error:
        raise Refused(f"the copy cannot be written ({error.strerror})") from None
    _tell_deleted(made.pruned)
    click.echo(f"Copied, with {made.files} files: {made.path}")
    click.echo(f"It must be destroyed on {made.stamp.expires_on}.")


@click.command()
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="replace the instance that is here (stop its server first)")
@click.option("--expired", is_flag=True, help="restore a copy past its last day, and what was erased since")
def restore(source: Path, force: bool, expired: bool) -> None:
    """Put back what `consult backup` copied into FILE."""
    found = _begin()
    try:
        done = restoring.restore(found, source, on=clock.today(), force=force, expired=expired)
    except OSError as error:
        raise Refused(f"the copy cannot be put back ({error.strerror})") from None
    click.echo(f"Restored: what there was on {done.stamp.made_on}, with {done.files} files.")
    if done.is_older:
        click.echo("The copy was of an older release: run `consult init` to bring its index up to date.")
    click.echo("Messages sent since are lost, and the rights they used can be used again.")
    click.echo("Mail that was waiting then goes out again. Begin with `consult doctor`.")
