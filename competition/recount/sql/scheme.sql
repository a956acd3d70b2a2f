-- The scheme taken apart: stages, criteria, sub-criteria with their panels, aspects, and the rules of states.
stage (contest, id, body, place) AS MATERIALIZED (
    SELECT contest, stage->>'id', stage, place
    FROM given_scheme, jsonb_array_elements(body->'stages') WITH ORDINALITY AS listed (stage, place)
),
criterion (contest, stage, id, body) AS MATERIALIZED (
    SELECT contest, id, criterion->>'id', criterion
    FROM stage, jsonb_array_elements(body->'criteria') AS criterion
),
sub_criterion (contest, criterion, id, body) AS MATERIALIZED (
    SELECT contest, id, sub->>'id', sub
    FROM criterion, jsonb_array_elements(body->'sub_criteria') AS sub
),
panel AS MATERIALIZED (
    SELECT
        contest,
        id AS sub_criterion,
        (body->'panel'->>'judges')::integer AS judges,
        body->'panel'->>'combine' AS combine,
        (body->'panel'->>'drop_highest')::integer AS drop_highest,
        (body->'panel'->>'drop_lowest')::integer AS drop_lowest,
        (body->'panel'->>'fewest')::integer AS fewest,
        body->'panel'->>'by' = 'sheet' AS by_sheet,
        (body->'panel'->'each'->>'places')::integer AS each_places,
        body->'panel'->'each'->>'mode' AS each_mode,
        (body->'panel'->'rounding'->>'places')::integer AS places,
        body->'panel'->'rounding'->>'mode' AS mode
    FROM sub_criterion
),
-- Aspects of which only the best counts share a rivalry; all others are a rivalry of their own.
aspect (contest, sub_criterion, id, body, judges, points, factor, places, mode, rivalry) AS MATERIALIZED (
    SELECT
        contest,
        sub_criterion.id,
        aspect->>'id',
        aspect,
        COALESCE((aspect->>'judges')::integer, (sub_criterion.body->'panel'->>'judges')::integer),
        (aspect->>'points')::numeric,
        COALESCE((aspect->>'factor')::numeric, 1),
        (aspect->'rounding'->>'places')::integer,
        aspect->'rounding'->>'mode',
        COALESCE(
            (
                SELECT min(place)
                FROM jsonb_array_elements(sub_criterion.body->'exclusive') WITH ORDINALITY AS lists (list, place)
                WHERE list ? (aspect->>'id')
            ),
            -listed.place
        )
    FROM sub_criterion, jsonb_array_elements(body->'aspects') WITH ORDINALITY AS listed (aspect, place)
),
-- What a state does, by the scheme or as is usual; the first of them that was given is the aspect's.
state_rule (contest, state, precedence, gives, total, rank) AS MATERIALIZED (
    SELECT
        contest,
        usual.state,
        usual.precedence,
        COALESCE(rule->>'gives', 'nothing'),
        COALESCE(rule->>'total', 'stands'),
        COALESCE(rule->>'rank', usual.rank)
    FROM given_scheme
    CROSS JOIN (VALUES
        ('disqualified', 1, 'none'),
        ('did_not_finish', 2, 'ranked'),
        ('absent', 3, 'ranked'),
        ('not_attempted', 4, 'ranked'),
        ('not_measured', 5, 'ranked'),
        ('excluded', 6, 'ranked')
    ) AS usual (state, precedence, rank)
    LEFT JOIN LATERAL jsonb_array_elements(body->'states') AS rule ON rule->>'state' = usual.state
)
