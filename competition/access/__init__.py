"""Who is asking: accounts, sign-in, enrolled devices, roles."""
