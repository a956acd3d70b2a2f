"""What every slice stands on: settings, database, clock, language, pages, errors."""
