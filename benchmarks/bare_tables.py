"""The imports that a command with a database cannot do without: typer, sqlmodel, our tables."""

import sqlmodel
import typer

import sysmo_tui.models

__all__ = ["sqlmodel", "sysmo_tui", "typer"]
