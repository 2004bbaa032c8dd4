"""A bare Typer program with twelve commands: the least that ``--help`` can cost."""

import typer

app = typer.Typer()


def command(number: int) -> None:
    @app.command(f"verb-{number}")
    def verb(name: str, count: int = 1, is_loud: bool = False) -> None:
        """Do one thing well."""
        typer.echo(f"{name} {count} {is_loud}")


for number in range(12):
    command(number)

if __name__ == "__main__":
    app()
