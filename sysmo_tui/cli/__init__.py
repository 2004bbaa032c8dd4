"""The command line: one module a noun, imported only when it is used.

A new noun is a module with ``app = Noun(help=…)`` and functions under ``@app.verb(…)``,
and one line in :mod:`sysmo_tui.cli.nouns`. Its verbs take ``context: typer.Context``,
get everything else from ``here(context)``, write what they found to ``here.out`` and
raise DeskError: :mod:`sysmo_tui.cli.failures` alone turns that into a line and an exit
code. At the top of a module stand only typer and this package; services are imported
inside the verbs, so that help needs no database.
"""
