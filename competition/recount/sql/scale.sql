-- Scaled figures: everybody with a place, held against the whole field, and rounded once. Totals come as they were reckoned, before
-- anything was cut off for writing them down.
placed (contest, entrant, rank, total, delegation) AS MATERIALIZED (
    SELECT contest, entrant, rank, total, delegation
    FROM place
    JOIN total USING (contest, entrant)
    JOIN given_entrant USING (contest, entrant)
),
scale (contest, rule) AS (
    SELECT contest, body->'scale'
    FROM given_scheme
    WHERE body->'scale'->>'kind' IS NOT NULL
),
-- ``spread`` is the square of the field's size times its variance; a field whose totals are all the same has none.
field (contest, rule, size, best, median, mean, spread) AS MATERIALIZED (
    SELECT
        contest,
        rule,
        count(*),
        max(total),
        pg_temp.combined(array_agg(total ORDER BY total), 'median'),
        pg_temp.combined(array_agg(total ORDER BY total), 'mean'),
        CASE
            WHEN pg_temp.settled(max(total) - min(total)) = 0 THEN 0
            ELSE count(*) * sum(total * total) - sum(total) * sum(total)
        END
    FROM placed
    JOIN scale USING (contest)
    GROUP BY contest, rule
),
off_median (contest, mad, mean_deviation) AS MATERIALIZED (
    SELECT
        contest,
        pg_temp.combined(array_agg(abs(total - median) ORDER BY abs(total - median)), 'median'),
        pg_temp.combined(array_agg(abs(total - median) ORDER BY abs(total - median)), 'mean')
    FROM placed
    JOIN field USING (contest)
    GROUP BY contest
),
-- What a total is held against, and what one step of the scale is; a scale without a step has everybody at its centre.
yardstick (contest, rule, middle, step, made_from) AS MATERIALIZED (
    SELECT
        contest,
        rule,
        CASE rule->>'kind' WHEN 'worldskills_like' THEN median WHEN 'z_score' THEN mean ELSE 0 END,
        CASE
            WHEN rule->>'kind' = 'percent_of_best' THEN CASE WHEN pg_temp.settled(best) > 0 THEN best END
            WHEN rule->>'kind' = 'z_score' THEN deviation
            WHEN NOT is_flat THEN mad * (rule->>'factor')::numeric
            WHEN rule->>'when_flat' = 'mean_deviation' THEN mean_deviation * 1.253314
            WHEN rule->>'when_flat' = 'standard_deviation' THEN deviation
        END,
        CASE rule->>'kind'
            WHEN 'percent_of_best' THEN jsonb_build_object('best', pg_temp.told(best))
            WHEN 'z_score' THEN jsonb_build_object('mean', pg_temp.told(mean), 'deviation', pg_temp.told(deviation))
            ELSE jsonb_build_object('median', pg_temp.told(median), 'mad', pg_temp.told(mad)) || CASE
                WHEN is_flat AND rule->>'when_flat' = 'mean_deviation'
                    THEN jsonb_build_object('mean_deviation', pg_temp.told(mean_deviation))
                WHEN is_flat AND rule->>'when_flat' = 'standard_deviation'
                    THEN jsonb_build_object('standard_deviation', pg_temp.told(deviation))
                ELSE '{}'
            END
        END
    FROM field
    JOIN off_median USING (contest)
    CROSS JOIN LATERAL (SELECT pg_temp.settled(mad) = 0 AS is_flat) AS flatness
    CROSS JOIN LATERAL (
        SELECT COALESCE(
            sqrt(pg_temp.quotient(spread, size * CASE rule->>'of' WHEN 'sample' THEN size - 1 ELSE size END)), 0
        ) AS deviation
    ) AS root
),
on_scale (contest, entrant, scaled) AS MATERIALIZED (
    SELECT
        contest,
        entrant,
        pg_temp.rounded(
            CASE rule->>'kind'
                WHEN 'percent_of_best' THEN COALESCE(pg_temp.quotient(100 * total, step), 0)
                WHEN 'worldskills_like'
                    THEN greatest((rule->>'least')::numeric, least((rule->>'most')::numeric, around_centre))
                ELSE around_centre
            END,
            (rule->'rounding'->>'places')::integer,
            rule->'rounding'->>'mode'
        )
    FROM placed
    JOIN yardstick USING (contest)
    CROSS JOIN LATERAL (
        SELECT COALESCE(
            (rule->>'centre')::numeric + pg_temp.quotient((rule->>'spread')::numeric * (total - middle), step),
            (rule->>'centre')::numeric
        ) AS around_centre
    ) AS from_centre
)
