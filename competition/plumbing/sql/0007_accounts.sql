-- Who guesses at an account is counted by the address as well: guessing from elsewhere does not keep its owner out. Empty for a
-- tablet's PIN, which is guessed at on the tablet itself.
ALTER TABLE sign_in_attempt ADD COLUMN asked_from text NOT NULL DEFAULT '';
