-- Who goes on to the next tier, and who stands by.
advancement (contest, rule) AS (
    SELECT contest, body->'advancement'
    FROM given_scheme
    WHERE body->'advancement'->>'ties' IS NOT NULL
),
-- Those at or above the line, and of each delegation as many as may go; who belongs to none is nobody's to count.
may_go (contest, entrant, rule, is_first, rank) AS (
    SELECT
        contest,
        entrant,
        rule,
        (rule->>'one_of_each')::boolean AND best_of_delegation.rank IS NOT NULL,
        own.rank
    FROM (
        SELECT
            contest,
            entrant,
            rule,
            placed.rank,
            delegation,
            rank() OVER by_rank - 1 AS before,
            count(*) OVER by_rank AS up_to
        FROM placed
        JOIN advancement USING (contest)
        WHERE pg_temp.reaches(total, (rule->>'at_least')::numeric)
        WINDOW by_rank AS (PARTITION BY contest, delegation ORDER BY placed.rank)
    ) AS own
    LEFT JOIN best_of_delegation USING (contest, delegation, rank)
    WHERE delegation = '' OR pg_temp.is_within(before, up_to, (rule->>'most_per_delegation')::numeric, rule->>'ties')
),
going (contest, entrant, rule, is_first, rank, goes_on) AS MATERIALIZED (
    SELECT
        contest,
        entrant,
        rule,
        is_first,
        rank,
        pg_temp.is_within(
            before, up_to, least((rule->>'top')::numeric, pg_temp.share(rule, ranked)), rule->>'ties'
        )
    FROM (
        SELECT
            contest,
            entrant,
            rule,
            is_first,
            rank,
            rank() OVER by_turn - 1 AS before,
            count(*) OVER by_turn AS up_to
        FROM may_go
        WINDOW by_turn AS (PARTITION BY contest ORDER BY is_first DESC, rank)
    ) AS in_turn
    JOIN field_size USING (contest)
),
advance (contest, entrant, advances) AS (
    SELECT contest, entrant, 'yes'
    FROM going
    WHERE goes_on
    UNION ALL
    SELECT contest, entrant, 'substitute'
    FROM (
        SELECT
            contest,
            entrant,
            rule,
            rank() OVER by_turn - 1 AS before,
            count(*) OVER by_turn AS up_to
        FROM going
        WHERE NOT goes_on
        WINDOW by_turn AS (PARTITION BY contest ORDER BY is_first DESC, rank)
    ) AS left_behind
    WHERE pg_temp.is_within(before, up_to, (rule->>'substitutes')::numeric, rule->>'ties')
)
