-- What the tablets brought: marks taken back, re-votes, signatures by hand, photographs, messages of the hall, and how each tablet is.

ALTER TABLE ledger DROP CONSTRAINT ledger_kind_check;
ALTER TABLE ledger ADD CONSTRAINT ledger_kind_check
    CHECK (kind IN ('mark', 'retraction', 'revote', 'seal', 'signature', 'photograph', 'reopening', 'penalty', 'disqualification'));

-- Signatures are looked for by their sheet, whenever a sheet is shown.
CREATE INDEX ledger_signature ON ledger ((body::jsonb ->> 'sheet_id')) WHERE kind = 'signature';

-- The sign-off in force: signatures by hand are given under it.
ALTER TABLE score_sheet ADD COLUMN seal_id uuid;
UPDATE score_sheet
SET seal_id = last.id
FROM (
    SELECT DISTINCT ON (sheet_id) id, sheet_id
    FROM (SELECT id, position, (body::jsonb->>'sheet_id')::uuid AS sheet_id FROM ledger WHERE kind = 'seal') AS sealed
    ORDER BY sheet_id, position DESC
) AS last
WHERE last.sheet_id = score_sheet.id
    AND score_sheet.sealed_at IS NOT NULL;

-- A drawing and a picture belong to the ledger's entry with the same id, which holds their digest.
CREATE TABLE drawing (
    id uuid PRIMARY KEY REFERENCES ledger (id) DEFERRABLE INITIALLY DEFERRED,
    event_id uuid NOT NULL REFERENCES event,
    body text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX drawing_event ON drawing (event_id);

CREATE TABLE photograph (
    id uuid PRIMARY KEY REFERENCES ledger (id) DEFERRABLE INITIALLY DEFERRED,
    event_id uuid NOT NULL REFERENCES event,
    sheet_id uuid NOT NULL REFERENCES score_sheet,
    aspect text NOT NULL,
    picture bytea NOT NULL,
    width integer NOT NULL CHECK (width > 0),
    height integer NOT NULL CHECK (height > 0),
    taken_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX photograph_sheet ON photograph (sheet_id);
CREATE INDEX photograph_event ON photograph (event_id);

CREATE TABLE message (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('problem', 'answer', 'notice')),
    sender_id uuid NOT NULL REFERENCES account,
    device_id uuid REFERENCES device ON DELETE SET NULL,
    to_id uuid REFERENCES account,
    sheet_id uuid REFERENCES score_sheet ON DELETE SET NULL,
    aspect text,
    answers uuid REFERENCES message ON DELETE CASCADE,
    words text NOT NULL CHECK (words <> ''),
    said_at timestamptz NOT NULL,
    CHECK ((kind = 'answer') = (answers IS NOT NULL))
);
CREATE INDEX message_event ON message (event_id, said_at);
CREATE INDEX message_sender ON message (sender_id, said_at);
CREATE INDEX message_to ON message (to_id, said_at);
CREATE INDEX message_answers ON message (answers);
CREATE INDEX message_sheet ON message (sheet_id);

-- The last that each tablet said of itself; while it is connected the server knows more.
CREATE TABLE device_status (
    device_id uuid PRIMARY KEY REFERENCES device ON DELETE CASCADE,
    at timestamptz NOT NULL,
    body text NOT NULL
);

GRANT SELECT, INSERT ON drawing, photograph, message TO leitai_app;
GRANT SELECT, INSERT, UPDATE ON device_status TO leitai_app;
