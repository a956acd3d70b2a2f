-- An entrant with marks may leave the contest of their own will: an entry of its own, and a state that is not disqualification.

ALTER TABLE ledger DROP CONSTRAINT ledger_kind_check;
ALTER TABLE ledger ADD CONSTRAINT ledger_kind_check CHECK (kind IN (
    'mark', 'retraction', 'revote', 'seal', 'signature', 'photograph', 'reopening', 'penalty', 'disqualification', 'withdrawal'
));

ALTER TABLE standing DROP CONSTRAINT standing_state_check;
ALTER TABLE standing ADD CONSTRAINT standing_state_check
    CHECK (state IN ('competing', 'absent', 'unranked', 'withdrawn', 'disqualified'));

-- What a freeze keeps took the rule of the standings with it.
ALTER TABLE frozen_standing DROP CONSTRAINT standing_state_check;
ALTER TABLE frozen_standing ADD CONSTRAINT standing_state_check
    CHECK (state IN ('competing', 'absent', 'unranked', 'withdrawn', 'disqualified'));
