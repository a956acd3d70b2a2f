-- A scheme is locked by its first mark, yet a mistake in it must be mended: in the open, whole, and on record. Every scheme that was
-- in force after that is kept, so that an old result list can still be computed again by the scheme it names.

CREATE TABLE scheme_version (
    event_id uuid NOT NULL REFERENCES event,
    number integer NOT NULL CHECK (number > 0),
    body jsonb NOT NULL,
    digest text NOT NULL,
    position bigint NOT NULL CHECK (position >= 0),
    reason text NOT NULL CHECK (number = 1 OR reason <> ''),
    by uuid REFERENCES account,
    at timestamptz NOT NULL,
    PRIMARY KEY (event_id, number)
);

-- What somebody wants to put in force, until it is applied or dropped.
CREATE TABLE scheme_proposal (
    event_id uuid PRIMARY KEY REFERENCES event ON DELETE CASCADE,
    body jsonb NOT NULL,
    digest text NOT NULL,
    by uuid REFERENCES account,
    at timestamptz NOT NULL
);

-- A locked scheme changes only into the newest version on record, and stays locked.
CREATE OR REPLACE FUNCTION refuse_change_of_locked_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.locked_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.event_id = OLD.event_id AND NEW.locked_at = OLD.locked_at AND EXISTS (
        SELECT
        FROM scheme_version
        WHERE event_id = OLD.event_id
            AND digest = NEW.digest
            AND body = NEW.body
            AND number = (SELECT max(number) FROM scheme_version WHERE event_id = OLD.event_id)
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the scheme of event % is locked', OLD.event_id USING ERRCODE = 'integrity_constraint_violation';
END
$$;

-- A state by which a scheme gives no place.
ALTER TABLE standing DROP CONSTRAINT standing_state_check;
ALTER TABLE standing ADD CONSTRAINT standing_state_check
    CHECK (state IN ('competing', 'absent', 'unranked', 'disqualified'));

GRANT SELECT, INSERT ON scheme_version TO leitai_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON scheme_proposal TO leitai_app;
-- A board shows a published list with the columns of the scheme that the list names.
GRANT SELECT (event_id, body, digest) ON scheme_version TO leitai_board;
