-- What stands in the ledger: a cell's mark is its last that has effect and was not taken back; of penalties, disqualifications
-- and withdrawals the last word holds.
taken_back AS MATERIALIZED (
    SELECT contest, body->>'mark' AS mark
    FROM given_entry
    WHERE body->>'kind' = 'retraction'
),
mark AS MATERIALIZED (
    SELECT DISTINCT ON (contest, entrant, aspect, judge)
        contest,
        (body->>'entrant_id')::uuid AS entrant,
        body->>'aspect' AS aspect,
        (body->>'judge_id')::uuid AS judge,
        body->>'state' AS state,
        (SELECT array_agg(value::numeric ORDER BY place)
            FROM jsonb_array_elements_text(body->'values') WITH ORDINALITY AS read (value, place)) AS readings
    FROM given_entry
    WHERE body->>'kind' = 'mark'
        AND NOT body->'flags' ?| ARRAY['conflict', 'late', 'quarantined']
        AND (contest, body->>'id') NOT IN (SELECT contest, mark FROM taken_back)
    ORDER BY contest, entrant, aspect, judge, position DESC
),
penalty_given AS MATERIALIZED (
    SELECT DISTINCT ON (contest, entrant, penalty)
        contest,
        (body->>'entrant_id')::uuid AS entrant,
        body->>'penalty' AS penalty,
        (body->>'occurrences')::integer AS occurrences
    FROM given_entry
    WHERE body->>'kind' = 'penalty'
    ORDER BY contest, entrant, penalty, position DESC
),
jury_word AS MATERIALIZED (
    SELECT DISTINCT ON (contest, entrant)
        contest,
        (body->>'entrant_id')::uuid AS entrant,
        NOT (body->>'lifted')::boolean AS is_out
    FROM given_entry
    WHERE body->>'kind' = 'disqualification'
    ORDER BY contest, entrant, position DESC
),
own_word AS MATERIALIZED (
    SELECT DISTINCT ON (contest, entrant)
        contest,
        (body->>'entrant_id')::uuid AS entrant,
        NOT (body->>'lifted')::boolean AS is_out
    FROM given_entry
    WHERE body->>'kind' = 'withdrawal'
    ORDER BY contest, entrant, position DESC
)
