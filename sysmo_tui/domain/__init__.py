"""The vocabulary of the desk: pure, with no database, no terminal and no clock."""
