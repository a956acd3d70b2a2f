-- Awards: each by its own rule from places and figures, then put together in the scheme's order.
award (contest, step, id, kind, body) AS MATERIALIZED (
    SELECT contest, step, award->>'id', award->>'kind', award
    FROM given_scheme, jsonb_array_elements(body->'awards') WITH ORDINALITY AS listed (award, step)
),
-- Those with a place: how many come before them and their equals, and how many up to these; of equals the higher figure comes first.
in_order (contest, entrant, rank, total, scaled, delegation, before, up_to) AS MATERIALIZED (
    SELECT
        contest,
        entrant,
        rank,
        total,
        scaled,
        delegation,
        rank() OVER by_rank - 1,
        count(*) OVER by_rank
    FROM placed
    LEFT JOIN on_scale USING (contest, entrant)
    WINDOW by_rank AS (PARTITION BY contest ORDER BY rank)
),
field_size (contest, entered, ranked) AS MATERIALIZED (
    SELECT contest, count(*), count(rank)
    FROM given_entrant
    LEFT JOIN place USING (contest, entrant)
    GROUP BY contest
),
-- Awards for places --------------------------------------------------------------------------------------------------------
-- How many have passed counts only where an award is shared out among them.
passed (contest, step, passed) AS (
    SELECT contest, step, count(*)
    FROM award
    JOIN placed USING (contest)
    WHERE kind = 'places' AND pg_temp.reaches(total, (body->>'at_least')::numeric)
    GROUP BY contest, step
),
-- Each award reaches as far as the numbers of all up to it together; without a number it reaches to the end, as do all behind it.
places_award (contest, step, reach, at_least, ties) AS (
    SELECT
        contest,
        step,
        CASE WHEN bool_and(number IS NOT NULL) OVER so_far THEN sum(number) OVER so_far END,
        (body->>'at_least')::numeric,
        body->>'ties'
    FROM award
    JOIN field_size USING (contest)
    LEFT JOIN passed USING (contest, step)
    CROSS JOIN LATERAL (
        SELECT least(
            (body->>'count')::numeric,
            pg_temp.share(
                body,
                CASE body->>'base' WHEN 'entered' THEN entered WHEN 'passed' THEN COALESCE(passed, 0) ELSE ranked END
            )
        ) AS number
    ) AS size
    WHERE kind = 'places'
    WINDOW so_far AS (PARTITION BY contest ORDER BY step)
),
-- Of the awards for places everybody has the first that reaches them.
won_by_place (contest, entrant, step) AS (
    SELECT contest, entrant, min(step)
    FROM in_order
    JOIN places_award USING (contest)
    WHERE pg_temp.is_within(before, up_to, reach, ties) AND pg_temp.reaches(total, at_least)
    GROUP BY contest, entrant
),
-- Medals -------------------------------------------------------------------------------------------------------------------
for_medals (contest, step, entrant, turn, figure) AS MATERIALIZED (
    SELECT
        contest,
        step,
        entrant,
        row_number() OVER (PARTITION BY contest, step ORDER BY rank, pg_temp.settled(figure) DESC, entrant),
        figure
    FROM award
    JOIN in_order USING (contest)
    CROSS JOIN LATERAL (SELECT CASE body->>'of' WHEN 'scale' THEN scaled ELSE total END AS figure) AS looked_at
    WHERE kind = 'medals' AND figure IS NOT NULL
),
-- How many kinds a field of this size gets, and the figures in order; each medal is counted once, hence the steps.
medal_field (contest, step, body, kinds, figures, gold) AS MATERIALIZED (
    SELECT contest, step, body, kinds, figures, pg_temp.sharing(body, figures, 0, NULL)
    FROM (
        SELECT contest, step, array_agg(figure ORDER BY turn) AS figures
        FROM for_medals
        GROUP BY contest, step
    ) AS gathered
    JOIN award USING (contest, step)
    JOIN field_size USING (contest)
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN jsonb_array_length(body->'small_fields') = 0 THEN 3
            ELSE COALESCE(max((small->>'medals')::integer) FILTER (WHERE (small->>'entrants')::integer <= ranked), 0)
        END AS kinds
        FROM (SELECT 1) AS always
        LEFT JOIN jsonb_array_elements(body->'small_fields') AS small ON true
    ) AS by_size
),
-- One gold leaves silver, two golds only bronze; the third takes silver's place and bronze's, but for those just behind the last.
with_silver (contest, step, body, kinds, figures, gold, silver) AS MATERIALIZED (
    SELECT
        contest, step, body, kinds, figures, gold, CASE WHEN gold = 1 THEN pg_temp.sharing(body, figures, gold, NULL) ELSE 0 END
    FROM medal_field
),
medal_numbers (contest, step, kinds, gold, silver, bronze) AS MATERIALIZED (
    SELECT
        contest,
        step,
        kinds,
        gold,
        silver,
        pg_temp.sharing(
            body, figures, gold + silver, CASE WHEN gold > 2 OR silver > 1 THEN figures[gold + silver] END
        )
    FROM with_silver
),
won_medal (contest, entrant, step, medal, worth_place) AS (
    SELECT contest, entrant, step, (ARRAY['gold', 'silver', 'bronze'])[kind], kind
    FROM for_medals
    JOIN medal_numbers USING (contest, step)
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN turn <= gold THEN 1
            WHEN turn <= gold + silver THEN 2
            WHEN turn <= gold + silver + bronze THEN 3
        END AS kind
    ) AS metal
    WHERE kind <= kinds
),
-- The best of each delegation ----------------------------------------------------------------------------------------------
best_of_delegation (contest, delegation, rank) AS MATERIALIZED (
    SELECT contest, delegation, min(rank)
    FROM placed
    WHERE delegation <> ''
    GROUP BY contest, delegation
),
won_before_lines (contest, entrant, step, award, worth_place) AS MATERIALIZED (
    SELECT contest, entrant, step, id, NULL::integer
    FROM won_by_place
    JOIN award USING (contest, step)
    UNION ALL
    SELECT contest, entrant, step, id || ':' || medal, worth_place
    FROM won_medal
    JOIN award USING (contest, step)
    UNION ALL
    SELECT contest, entrant, step, id, NULL
    FROM award
    JOIN placed USING (contest)
    JOIN best_of_delegation USING (contest, delegation, rank)
    WHERE kind = 'best_of_delegation'
),
-- Lines --------------------------------------------------------------------------------------------------------------------
line (contest, step, id, of, at_least, above) AS MATERIALIZED (
    SELECT
        contest,
        step,
        id,
        body->>'of',
        COALESCE(
            (body->>'at_least')::numeric,
            pg_temp.combined(CASE body->>'of' WHEN 'scale' THEN scales ELSE totals END, 'median')
        ),
        (body->>'above')::boolean
    FROM award
    JOIN (
        SELECT
            contest,
            array_agg(total ORDER BY total) AS totals,
            array_agg(scaled ORDER BY scaled) FILTER (WHERE scaled IS NOT NULL) AS scales
        FROM in_order
        GROUP BY contest
    ) AS figures USING (contest)
    WHERE kind = 'line'
),
-- The first line that somebody is at or beyond is theirs, unless they have something else by then: then so is no later one.
won_by_line (contest, entrant, step) AS (
    SELECT contest, entrant, min(line.step)
    FROM in_order
    JOIN line USING (contest)
    CROSS JOIN LATERAL (
        SELECT pg_temp.settled(CASE of WHEN 'scale' THEN scaled ELSE total END - at_least) AS beyond
    ) AS distance
    WHERE beyond > 0 OR (beyond = 0 AND NOT above)
    GROUP BY contest, entrant
),
won (contest, entrant, step, award, worth_place) AS MATERIALIZED (
    SELECT contest, entrant, step, award, worth_place
    FROM won_before_lines
    UNION ALL
    SELECT contest, entrant, step, id, 4
    FROM won_by_line
    JOIN award USING (contest, step)
    LEFT JOIN (
        SELECT contest, entrant, min(step) AS first
        FROM won_before_lines
        GROUP BY contest, entrant
    ) AS already USING (contest, entrant)
    WHERE first IS NULL OR step < first
)
