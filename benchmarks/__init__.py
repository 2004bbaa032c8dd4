"""How fast the desk is, beside the plainest SQL for the same on the same database in the same run."""
