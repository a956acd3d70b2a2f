-- The whole first house: who asks, who competes, by which scheme, when and where, what was marked, what it comes to.
-- Two roles do the daily work and own nothing. `leitai_app` may append to the ledger and never change it; `leitai_board`
-- reads only what boards are made of, so that no board process can see a document, a phone number or a single mark.

-- Roles belong to the whole cluster: another database's Leitai may have made them, or be making them just now.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['leitai_app', 'leitai_board'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
        BEGIN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
        EXCEPTION WHEN insufficient_privilege THEN
            NULL;  -- an administrator granted them beforehand; whether they can be used is seen when the pools open
        END;
    END LOOP;
END
$$;

-- Access ---------------------------------------------------------------------------------------------------------------

CREATE TABLE account (
    id uuid PRIMARY KEY,
    role text NOT NULL CHECK (role IN ('organiser', 'chief_judge', 'judge', 'scorekeeper', 'code_keeper', 'supervisor',
                                       'presenter', 'competitor', 'spectator')),
    name text NOT NULL CHECK (name <> ''),
    employer text NOT NULL DEFAULT '',
    username text UNIQUE CHECK (username = lower(username)),
    password_hash text,
    pin_hash text,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    CHECK ((username IS NULL) = (password_hash IS NULL))
);

-- Tokens are kept only as SHA-256 digests: whoever reads this table cannot sign in with it.
CREATE TABLE sign_in (
    token_digest bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE enrolment (
    token_digest bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE device (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    token_digest bytea NOT NULL UNIQUE,
    name text NOT NULL,
    enrolled_at timestamptz NOT NULL,
    unlocked_until timestamptz,
    last_seen_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX device_account ON device (account_id);

-- One row a try; `subject` is what is guessed at (an account or a device), so that guessing at one never locks another.
CREATE TABLE sign_in_attempt (
    subject text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX sign_in_attempt_subject ON sign_in_attempt (subject, at);
CREATE INDEX sign_in_attempt_at ON sign_in_attempt (at);

CREATE TABLE audit (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id uuid,
    verb text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL
);
CREATE INDEX audit_at ON audit (at);

-- Competition, event, registration ---------------------------------------------------------------------------------------

CREATE TABLE competition (
    id uuid PRIMARY KEY,
    name_zh text NOT NULL CHECK (name_zh <> ''),
    name_en text NOT NULL CHECK (name_en <> ''),
    place text NOT NULL DEFAULT '',
    starts_on date NOT NULL,
    ends_on date NOT NULL CHECK (ends_on >= starts_on),
    time_zone text NOT NULL,
    created_at timestamptz NOT NULL
);

-- `revision` counts what changed the standings; `ledger_position` and `ledger_digest` are the head of the event's ledger.
-- The event's row is what every writer of marks locks first.
CREATE TABLE event (
    id uuid PRIMARY KEY,
    competition_id uuid NOT NULL REFERENCES competition,
    name_zh text NOT NULL CHECK (name_zh <> ''),
    name_en text NOT NULL CHECK (name_en <> ''),
    is_blind boolean NOT NULL DEFAULT true,
    revision bigint NOT NULL DEFAULT 0 CHECK (revision >= 0),
    ledger_position bigint NOT NULL DEFAULT 0 CHECK (ledger_position >= 0),
    ledger_digest bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(ledger_digest) = 32),
    created_at timestamptz NOT NULL
);
CREATE INDEX event_competition ON event (competition_id);

CREATE TABLE delegation (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    code text NOT NULL CHECK (code <> ''),
    name text NOT NULL CHECK (name <> ''),
    quota integer NOT NULL CHECK (quota > 0),
    UNIQUE (event_id, code),
    UNIQUE (event_id, name)
);

-- `document_sealed` and `phone_sealed` are encrypted with a key that is not in this database; `document_digest` is a keyed
-- digest, by which a re-import finds the same person without opening anything.
CREATE TABLE entrant (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    delegation_id uuid NOT NULL REFERENCES delegation,
    number integer NOT NULL CHECK (number > 0),
    name text NOT NULL CHECK (name <> ''),
    sex text NOT NULL CHECK (sex IN ('male', 'female')),
    document_kind text NOT NULL CHECK (document_kind IN ('resident_id', 'passport', 'other')),
    document_sealed bytea NOT NULL,
    document_digest bytea NOT NULL,
    document_masked text NOT NULL,
    phone_sealed bytea NOT NULL,
    phone_masked text NOT NULL,
    employer text NOT NULL,
    skill_level text NOT NULL,
    mentor text NOT NULL,
    leader text NOT NULL,
    status text NOT NULL CHECK (status IN ('registered', 'eligible', 'withdrawn')),
    status_reason text NOT NULL DEFAULT '',
    photo bytea,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (event_id, number),
    UNIQUE (event_id, document_digest)
);
CREATE INDEX entrant_delegation ON entrant (delegation_id);

-- Scheme ---------------------------------------------------------------------------------------------------------------

CREATE TABLE scheme (
    event_id uuid PRIMARY KEY REFERENCES event ON DELETE CASCADE,
    body jsonb NOT NULL,
    digest text NOT NULL,
    imported_at timestamptz NOT NULL,
    locked_at timestamptz
);

CREATE FUNCTION refuse_change_of_locked_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.locked_at IS NOT NULL THEN
        RAISE EXCEPTION 'the scheme of event % is locked', OLD.event_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER scheme_locked BEFORE UPDATE OR DELETE ON scheme
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_locked_scheme();

-- Timetable ------------------------------------------------------------------------------------------------------------

CREATE TABLE session (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    CHECK (ends_at > starts_at),
    UNIQUE (event_id, number)
);

CREATE TABLE bench (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    UNIQUE (event_id, number)
);

-- A draw is kept whole: the seed, the list it was run over and the places it gave, so that anyone can run it again.
CREATE TABLE draw (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    seed text NOT NULL CHECK (seed <> ''),
    method text NOT NULL,
    body jsonb NOT NULL,
    drawn_by uuid REFERENCES account,
    drawn_at timestamptz NOT NULL
);
CREATE INDEX draw_event ON draw (event_id, drawn_at);

CREATE TABLE place_drawn (
    entrant_id uuid PRIMARY KEY REFERENCES entrant,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    session_id uuid NOT NULL REFERENCES session,
    bench_id uuid NOT NULL REFERENCES bench,
    code text NOT NULL,
    UNIQUE (session_id, bench_id),
    UNIQUE (event_id, code)
);

-- Judging --------------------------------------------------------------------------------------------------------------

CREATE TABLE panel_seat (
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    sub_criterion text NOT NULL,
    judge_id uuid NOT NULL REFERENCES account,
    PRIMARY KEY (event_id, sub_criterion, judge_id)
);
CREATE INDEX panel_seat_judge ON panel_seat (judge_id);

CREATE TABLE score_sheet (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    entrant_id uuid NOT NULL REFERENCES entrant,
    sub_criterion text NOT NULL,
    judge_id uuid NOT NULL REFERENCES account,
    sealed_at timestamptz,
    sheet_digest text,
    reopened_at timestamptz,
    reopened_by uuid REFERENCES account,
    reopened_for text,
    UNIQUE (entrant_id, sub_criterion, judge_id)
);
CREATE INDEX score_sheet_event ON score_sheet (event_id);
CREATE INDEX score_sheet_judge ON score_sheet (judge_id);

-- The truth. Every entry is a fact in canonical JSON; `digest` chains it to all before it.
CREATE TABLE ledger (
    event_id uuid NOT NULL REFERENCES event,
    position bigint NOT NULL CHECK (position > 0),
    id uuid NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('mark', 'seal', 'reopening', 'penalty', 'disqualification')),
    entrant_id uuid NOT NULL REFERENCES entrant,
    revision bigint NOT NULL,
    body text NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (event_id, position)
);
CREATE INDEX ledger_entrant ON ledger (entrant_id, position);

CREATE FUNCTION refuse_change_of_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_ledger();

-- Results --------------------------------------------------------------------------------------------------------------

CREATE TABLE standing (
    entrant_id uuid PRIMARY KEY REFERENCES entrant,
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    revision bigint NOT NULL,
    rank integer CHECK (rank > 0),
    shared boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('competing', 'absent', 'disqualified')),
    total numeric NOT NULL,
    stages jsonb NOT NULL,
    criteria jsonb NOT NULL,
    marked integer NOT NULL,
    expected integer NOT NULL
);
CREATE INDEX standing_event ON standing (event_id, revision);

CREATE TABLE publication (
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    status text NOT NULL CHECK (status IN ('draft', 'provisional', 'official')),
    revision bigint NOT NULL,
    body text NOT NULL,
    digest text NOT NULL,
    published_by uuid REFERENCES account,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, number)
);

CREATE TABLE checkpoint (
    event_id uuid NOT NULL REFERENCES event,
    position bigint NOT NULL,
    digest bytea NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (event_id, position, at)
);

-- Boards ---------------------------------------------------------------------------------------------------------------

CREATE TABLE board (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    event_id uuid NOT NULL REFERENCES event ON DELETE CASCADE,
    title_zh text NOT NULL,
    title_en text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX board_event ON board (event_id);

-- Rights ---------------------------------------------------------------------------------------------------------------

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO leitai_app;
REVOKE UPDATE, DELETE ON ledger, audit, publication, checkpoint, draw FROM leitai_app;

GRANT SELECT ON board, competition, event, standing, publication, scheme TO leitai_board;
GRANT SELECT (entrant_id, event_id, code, session_id, bench_id) ON place_drawn TO leitai_board;
GRANT SELECT (id, event_id, delegation_id, number, name, status) ON entrant TO leitai_board;
GRANT SELECT (id, event_id, code, name) ON delegation TO leitai_board;
