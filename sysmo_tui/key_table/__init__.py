"""Every key, once, by the places where it means something: data only."""
