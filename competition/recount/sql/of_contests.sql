-- Any number of contests, each with a number of its own: schemes, entrants and ledger entries as parallel arrays.
given_scheme (contest, body) AS MATERIALIZED (
    SELECT contest, body::jsonb
    FROM unnest($1::integer[], $2::text[]) AS given (contest, body)
),
given_entrant (contest, entrant, number) AS MATERIALIZED (
    SELECT contest, entrant, number
    FROM unnest($3::integer[], $4::uuid[], $5::integer[]) AS given (contest, entrant, number)
),
given_entry (contest, position, body) AS MATERIALIZED (
    SELECT contest, position, body::jsonb
    FROM unnest($6::integer[], $7::bigint[], $8::text[]) AS given (contest, position, body)
)
