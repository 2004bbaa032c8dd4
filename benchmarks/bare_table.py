"""A bare Textual program with a table of fifty rows: the least that an inbox can cost."""

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header, Input


class Bare(App[None]):
    """A header, a field, a table and a footer."""

    def compose(self) -> ComposeResult:
        yield Header()
        yield Input()
        yield DataTable(cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("#", "State", "Pri", "Subject", "Company", "Who", "Age")
        for number in range(50):
            table.add_row(str(number), "New", "!", "FIRST-ROW of many", "ACME", "ana", "4m")


if __name__ == "__main__":
    Bare().run()
