"""What can be wrong with a marking scheme, a module for each of its parts; ``schemes.rules`` puts them together."""
