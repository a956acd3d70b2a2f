-- What is watched: boards of several kinds, freezes, what standings come to so far, reveals, themes, displays.

-- What the public may know of moves by a counter of its own. `revision` counts what happens; `shown` counts what everybody may see of
-- it, so that no number on a public board tells how much happens behind a freeze or after a publication. `is_hidden` while one is.
-- `freeze_due_at` is when a freeze that is not taken yet is due: whoever locks the row reads it there, as it is at that moment.
ALTER TABLE event
    ADD COLUMN shown bigint NOT NULL DEFAULT 0 CHECK (shown >= 0),
    ADD COLUMN is_hidden boolean NOT NULL DEFAULT false,
    ADD COLUMN freeze_due_at timestamptz;
CREATE INDEX event_freeze_due ON event (freeze_due_at) WHERE freeze_due_at IS NOT NULL;
UPDATE event
SET shown = revision,
    is_hidden = EXISTS (SELECT FROM publication WHERE publication.event_id = event.id AND publication.status <> 'draft');

ALTER TABLE board
    ADD COLUMN kind text NOT NULL DEFAULT 'standings'
        CHECK (kind IN ('standings', 'teams', 'medals', 'benches', 'ticker', 'podium')),
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';
ALTER TABLE board ALTER COLUMN kind DROP DEFAULT;

-- What the standings come to so far, written by whichever server is first. `number` counts the writings, `shown` those that everybody
-- may see; a freeze and a publication keep their own.
CREATE TABLE prospect (
    event_id uuid PRIMARY KEY REFERENCES event ON DELETE CASCADE,
    revision bigint NOT NULL,
    number bigint NOT NULL,
    shown bigint NOT NULL,
    body text NOT NULL
);

CREATE TABLE published_prospect (
    event_id uuid NOT NULL,
    number integer NOT NULL,
    shown bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (event_id, number),
    FOREIGN KEY (event_id, number) REFERENCES publication
);

-- A freeze takes the standings as they are at `due_at`: at once, or later. Whoever writes the ledger after that time takes it first.
-- `position` is how far the ledger was then, and `scheme_digest` says by which scheme: what the standings came to is worked out to
-- there when it lagged behind, and an amendment behind a freeze changes nothing on a frozen board.
CREATE TABLE board_freeze (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    due_at timestamptz NOT NULL,
    set_at timestamptz NOT NULL,
    set_by uuid REFERENCES account,
    taken_at timestamptz,
    revision bigint,
    position bigint,
    scheme_digest text,
    prospect text,
    prospect_shown bigint,
    lifted_at timestamptz,
    lifted_by uuid REFERENCES account
);
CREATE UNIQUE INDEX board_freeze_one ON board_freeze (event_id) WHERE lifted_at IS NULL;

CREATE TABLE frozen_standing (
    freeze_id uuid NOT NULL REFERENCES board_freeze ON DELETE CASCADE,
    LIKE standing INCLUDING CONSTRAINTS,
    PRIMARY KEY (freeze_id, entrant_id)
);

CREATE TABLE reveal (
    event_id uuid PRIMARY KEY REFERENCES event ON DELETE CASCADE,
    mode text NOT NULL CHECK (mode IN ('closed', 'rehearsal', 'live')),
    step integer NOT NULL CHECK (step >= 0),
    is_paused boolean NOT NULL DEFAULT false,
    script text NOT NULL,
    rehearsal text NOT NULL,
    prepared_by uuid REFERENCES account,
    prepared_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE TABLE theme (
    competition_id uuid PRIMARY KEY REFERENCES competition ON DELETE CASCADE,
    body jsonb NOT NULL,
    logo bytea,
    changed_at timestamptz NOT NULL
);

-- An address for the jury or for who presents: kept as a digest, like every token.
CREATE TABLE board_pass (
    id uuid PRIMARY KEY,
    token_digest bytea NOT NULL UNIQUE,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    audience text NOT NULL CHECK (audience IN ('jury', 'presenter')),
    note text NOT NULL DEFAULT '',
    created_by uuid REFERENCES account,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX board_pass_event ON board_pass (event_id);

-- A session's clock as it is run, and the seconds a bench is given back for a fault that was not the entrant's.
CREATE TABLE session_clock (
    session_id uuid PRIMARY KEY REFERENCES session ON DELETE CASCADE,
    started_at timestamptz NOT NULL,
    paused_at timestamptz,
    stopped integer NOT NULL DEFAULT 0 CHECK (stopped >= 0)
);
CREATE TABLE time_back (
    id uuid PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES session ON DELETE CASCADE,
    bench_id uuid NOT NULL REFERENCES bench ON DELETE CASCADE,
    seconds integer NOT NULL CHECK (seconds <> 0),
    reason text NOT NULL CHECK (reason <> ''),
    given_by uuid REFERENCES account,
    given_at timestamptz NOT NULL
);
CREATE INDEX time_back_session ON time_back (session_id);

-- A hall screen. While `name` is empty it waits for somebody to read its `code` at the desk.
CREATE TABLE display (
    id uuid PRIMARY KEY,
    token_digest bytea NOT NULL UNIQUE,
    code text NOT NULL UNIQUE,
    name text NOT NULL DEFAULT '',
    address text,
    is_blank boolean NOT NULL DEFAULT false,
    message_zh text NOT NULL DEFAULT '',
    message_en text NOT NULL DEFAULT '',
    reload integer NOT NULL DEFAULT 0,
    report jsonb NOT NULL DEFAULT '{}',
    is_connected boolean NOT NULL DEFAULT false,
    seen_at timestamptz,
    created_at timestamptz NOT NULL
);

-- Whether a server has a line to the tablet. Several servers may share the hall; one that dies leaves it true, and the tablet unheard of.
ALTER TABLE device_status ADD COLUMN is_here boolean NOT NULL DEFAULT false;

GRANT SELECT, INSERT, UPDATE, DELETE ON prospect, board_freeze, frozen_standing, reveal, theme, board_pass, session_clock, display TO leitai_app;
GRANT SELECT, INSERT ON published_prospect, time_back TO leitai_app;
REVOKE DELETE ON board_freeze FROM leitai_app;
REVOKE UPDATE, DELETE ON frozen_standing FROM leitai_app;

GRANT SELECT ON prospect, published_prospect, board_freeze, frozen_standing, reveal, theme, session_clock TO leitai_board;
GRANT SELECT (token_digest, event_id, audience, expires_at) ON board_pass TO leitai_board;
GRANT SELECT (session_id, bench_id, seconds) ON time_back TO leitai_board;
GRANT SELECT ON session TO leitai_board;
GRANT SELECT (id, event_id, number) ON bench TO leitai_board;
