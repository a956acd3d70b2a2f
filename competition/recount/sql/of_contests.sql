-- Any number of contests, each with a number of its own: schemes, entrants and ledger entries as parallel arrays.
given_scheme (contest, body) AS MATERIALIZED (
    SELECT contest, body::jsonb
    FROM unnest($1::integer[], $2::text[]) AS given (contest, body)
),
given_entrant (contest, entrant, number, delegation) AS MATERIALIZED (
    SELECT contest, entrant, number, delegation
    FROM unnest($3::integer[], $4::uuid[], $5::integer[], $6::text[]) AS given (contest, entrant, number, delegation)
),
given_entry (contest, position, body) AS MATERIALIZED (
    SELECT contest, position, body::jsonb
    FROM unnest($7::integer[], $8::bigint[], $9::text[]) AS given (contest, position, body)
)
