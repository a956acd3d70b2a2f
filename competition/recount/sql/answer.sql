-- One row for each entrant; figures as text, by kind and id.
SELECT
    contest,
    entrant AS entrant_id,
    state,
    trim_scale(pg_temp.settled(total))::text AS total,
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
    COALESCE(times, '{}') AS times
FROM total
LEFT JOIN place USING (contest, entrant)
LEFT JOIN (
    SELECT contest, entrant, jsonb_object_agg(penalty, trim_scale(taken)::text) AS taken_by_id
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
    CROSS JOIN LATERAL (SELECT trim_scale(pg_temp.settled(points))::text AS written) AS writing
    GROUP BY contest, entrant
) AS groups_by_entrant USING (contest, entrant)
LEFT JOIN (
    SELECT
        contest,
        entrant,
        jsonb_object_agg(aspect, trim_scale(pg_temp.settled(points))::text) AS aspects,
        jsonb_object_agg(aspect, trim_scale(pg_temp.settled(seconds))::text) FILTER (WHERE seconds IS NOT NULL) AS times
    FROM aspect_figure
    GROUP BY contest, entrant
) AS aspects_by_entrant USING (contest, entrant)
ORDER BY contest, rank NULLS LAST, number
