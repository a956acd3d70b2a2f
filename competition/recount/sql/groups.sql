-- Sub-criteria, criteria and stages: each after its parts and after what its gate looks at, one step for each in turn.
part (contest, kind, id, body, whole_kind, whole) AS MATERIALIZED (
    SELECT contest, 'sub_criterion', id, body, 'criterion', criterion
    FROM sub_criterion
    UNION ALL
    SELECT contest, 'criterion', id, body, 'stage', stage
    FROM criterion
    UNION ALL
    SELECT contest, 'stage', id, body, NULL, NULL
    FROM stage
),
-- What the parts of a group can come to together, of rivals only the best.
parts_sum (contest, kind, id, most) AS (
    SELECT contest, 'sub_criterion', sub_criterion, sum(best)
    FROM (
        SELECT contest, sub_criterion, max(points) AS best
        FROM aspect
        GROUP BY contest, sub_criterion, rivalry
    ) AS rivals
    GROUP BY contest, sub_criterion
    UNION ALL
    SELECT contest, whole_kind, whole, sum((body->>'points')::numeric)
    FROM part
    GROUP BY contest, whole_kind, whole
),
waits (contest, kind, id, for_kind, for_id) AS MATERIALIZED (
    SELECT contest, whole_kind, whole, kind, id
    FROM part
    WHERE whole IS NOT NULL
    UNION ALL
    SELECT contest, kind, id, body->'gate'->>'of', body->'gate'->>'id'
    FROM part
    WHERE body->'gate'->>'of' <> 'aspect'
),
-- No chain of waiting is longer than there are parts; a circle, which the check of schemes refuses, would end there too.
level (contest, kind, id, level, parts) AS (
    SELECT contest, kind, id, 0, count(*) OVER (PARTITION BY contest)
    FROM part
    UNION
    SELECT waits.contest, waits.kind, waits.id, level.level + 1, level.parts
    FROM level
    JOIN waits ON waits.contest = level.contest AND waits.for_kind = level.kind AND waits.for_id = level.id
    WHERE level.level < level.parts
),
turn (contest, kind, id, step) AS MATERIALIZED (
    SELECT contest, kind, id, row_number() OVER (PARTITION BY contest ORDER BY max(level), kind, id)
    FROM level
    GROUP BY contest, kind, id
),
parts_steps (contest, kind, id, steps) AS (
    SELECT contest, whole_kind, whole, array_agg(step)
    FROM part
    JOIN turn USING (contest, kind, id)
    GROUP BY contest, whole_kind, whole
),
group_step AS MATERIALIZED (
    SELECT
        part.contest,
        part.kind,
        part.id,
        turn.step,
        whole_kind,
        whole,
        most,
        body->>'fit' AS fit,
        (body->>'points')::numeric AS points,
        (body->>'floor')::numeric AS floor,
        (body->'rounding'->>'places')::integer AS places,
        body->'rounding'->>'mode' AS mode,
        (body->'gate'->>'at_least')::numeric AS at_least,
        CASE WHEN body->'gate'->>'of' = 'aspect' THEN body->'gate'->>'id' END AS gate_aspect,
        seen.step AS gate_step,
        parts_steps.steps AS part_steps
    FROM part
    JOIN turn ON turn.contest = part.contest AND turn.kind = part.kind AND turn.id = part.id
    LEFT JOIN parts_sum ON parts_sum.contest = part.contest AND parts_sum.kind = part.kind AND parts_sum.id = part.id
    LEFT JOIN parts_steps ON parts_steps.contest = part.contest AND parts_steps.kind = part.kind AND parts_steps.id = part.id
    LEFT JOIN turn AS seen
        ON seen.contest = part.contest AND seen.kind = part.body->'gate'->>'of' AND seen.id = part.body->'gate'->>'id'
),
-- For every entrant, by step: what a sub-criterion's panels gave, and the figure of the aspect that a gate looks at.
entrant_sums (contest, entrant, sums, seen) AS MATERIALIZED (
    SELECT
        given_entrant.contest,
        given_entrant.entrant,
        array_agg(sub_sum.points ORDER BY step),
        array_agg(seen.points ORDER BY step)
    FROM given_entrant
    JOIN group_step ON group_step.contest = given_entrant.contest
    LEFT JOIN sub_sum
        ON sub_sum.contest = given_entrant.contest
        AND sub_sum.entrant = given_entrant.entrant
        AND sub_sum.sub_criterion = group_step.id
        AND group_step.kind = 'sub_criterion'
    LEFT JOIN aspect_figure AS seen
        ON seen.contest = given_entrant.contest
        AND seen.entrant = given_entrant.entrant
        AND seen.aspect = group_step.gate_aspect
    GROUP BY given_entrant.contest, given_entrant.entrant
),
-- The points of each part as they count: sum, fit, floor, rounding, gate. No group gives more than its points; without any figure
-- below it has none.
climb (contest, entrant, step, sums, seen, points) AS (
    SELECT contest, entrant, 0::bigint, sums, seen, ARRAY[]::numeric[]
    FROM entrant_sums
    UNION ALL
    SELECT
        climb.contest,
        climb.entrant,
        turn.step,
        climb.sums,
        climb.seen,
        climb.points || CASE
            WHEN got IS NULL THEN NULL
            WHEN pg_temp.settled(COALESCE(climb.points[turn.gate_step], climb.seen[turn.step], 0)) < turn.at_least THEN 0
            ELSE counting
        END
    FROM climb
    JOIN group_step AS turn ON turn.contest = climb.contest AND turn.step = climb.step + 1
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN turn.kind = 'sub_criterion' THEN climb.sums[turn.step]
            ELSE (SELECT sum(climb.points[part_step]) FROM unnest(turn.part_steps) AS part_step)
        END AS got
    ) AS summed
    CROSS JOIN LATERAL pg_temp.rounded(
        greatest(
            turn.floor,
            least(
                turn.points,
                CASE turn.fit WHEN 'scale' THEN pg_temp.quotient(got * turn.points, turn.most) ELSE got END
            )
        ),
        turn.places,
        turn.mode
    ) AS counting
),
group_figure (contest, entrant, kind, id, points) AS MATERIALIZED (
    SELECT climb.contest, climb.entrant, group_step.kind, group_step.id, climb.points[group_step.step]
    FROM climb
    JOIN group_step ON group_step.contest = climb.contest
    WHERE climb.step = cardinality(climb.sums)
)
