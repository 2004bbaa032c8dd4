"""Reports on paper: one page that needs nothing beside itself."""
