"""The boards: everything that is watched, over a database role that can only read what boards are made of."""
