-- One event: its scheme, those who compete, and its ledger as far as it is written.
given_scheme (contest, body) AS MATERIALIZED (
    SELECT 0, body
    FROM scheme
    WHERE event_id = $1
),
given_entrant (contest, entrant, number, delegation) AS MATERIALIZED (
    SELECT 0, entrant.id, entrant.number, delegation.name
    FROM entrant
    JOIN place_drawn ON place_drawn.entrant_id = entrant.id
    JOIN delegation ON delegation.id = entrant.delegation_id
    WHERE entrant.event_id = $1
        AND entrant.status <> 'withdrawn'
),
given_entry (contest, position, body) AS MATERIALIZED (
    SELECT 0, position, body::jsonb
    FROM ledger
    WHERE event_id = $1
)
