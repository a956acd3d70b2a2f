"""The pictures in the README, and the program that takes them: ``python -m tests.pictures``, after what they show has changed."""
