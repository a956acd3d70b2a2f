-- One row for each entrant; figures as text, by kind and id. What is told of a whole contest stands in its first row.
SELECT
    contest,
    entrant AS entrant_id,
    state,
    pg_temp.told(total) AS total,
    marked::integer,
    expected::integer,
    rank::integer,
    COALESCE(shared, false) AS shared,
    is_last AS last,
    COALESCE(taken_by_id, '{}') AS penalties,
    COALESCE(stages, '{}') AS stages,
    COALESCE(criteria, '{}') AS criteria,
    COALESCE(sub_criteria, '{}') AS sub_criteria,
    COALESCE(aspects, '{}') AS aspects,
    COALESCE(times, '{}') AS times,
    went_out.stage AS cut,
    pg_temp.told(scaled) AS scaled,
    COALESCE(awards, '[]') AS awards,
    CASE WHEN advancement.rule IS NOT NULL THEN COALESCE(advances, 'no') END AS advances,
    teams,
    made_from AS scale_inputs
FROM total
LEFT JOIN place USING (contest, entrant)
LEFT JOIN (
    SELECT contest, entrant, jsonb_object_agg(penalty, pg_temp.told(taken)) AS taken_by_id
    FROM penalty_taken
    GROUP BY contest, entrant
) AS penalties_by_entrant USING (contest, entrant)
LEFT JOIN (
    SELECT
        contest,
        entrant,
        jsonb_object_agg(id, written) FILTER (WHERE kind = 'stage') AS stages,
        jsonb_object_agg(id, written) FILTER (WHERE kind = 'criterion') AS criteria,
        jsonb_object_agg(id, written) FILTER (WHERE kind = 'sub_criterion') AS sub_criteria
    FROM group_figure
    CROSS JOIN LATERAL (SELECT pg_temp.told(points) AS written) AS writing
    GROUP BY contest, entrant
) AS groups_by_entrant USING (contest, entrant)
LEFT JOIN (
    SELECT
        contest,
        entrant,
        jsonb_object_agg(aspect, pg_temp.told(points)) AS aspects,
        jsonb_object_agg(aspect, pg_temp.told(seconds)) FILTER (WHERE seconds IS NOT NULL) AS times
    FROM aspect_figure
    GROUP BY contest, entrant
) AS aspects_by_entrant USING (contest, entrant)
LEFT JOIN (
    SELECT cutting.contest, entrant, cut.stage
    FROM cutting
    JOIN cut ON cut.contest = cutting.contest AND cut.step = out_at
    WHERE is_placed
        AND cutting.step = (SELECT count(*) FROM cut AS each WHERE each.contest = cutting.contest)
) AS went_out USING (contest, entrant)
LEFT JOIN on_scale USING (contest, entrant)
LEFT JOIN (
    SELECT contest, entrant, jsonb_agg(award ORDER BY step) AS awards
    FROM won
    GROUP BY contest, entrant
) AS awards_by_entrant USING (contest, entrant)
LEFT JOIN advancement USING (contest)
LEFT JOIN advance USING (contest, entrant)
LEFT JOIN (
    SELECT contest, entrant, teams, made_from
    FROM (
        SELECT DISTINCT ON (contest) contest, entrant
        FROM total
        LEFT JOIN place USING (contest, entrant)
        ORDER BY contest, rank NULLS LAST, number
    ) AS first_row
    LEFT JOIN team_standing USING (contest)
    LEFT JOIN yardstick USING (contest)
) AS of_the_whole USING (contest, entrant)
ORDER BY contest, rank NULLS LAST, number
