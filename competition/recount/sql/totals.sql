-- The total: what the stages contribute, less the penalties; and what states, the jury and their own word make of the entrant.
contributed (contest, entrant, points) AS (
    SELECT
        contest,
        entrant,
        COALESCE(sum(CASE
            WHEN body->>'weight' IS NULL THEN group_figure.points
            ELSE pg_temp.quotient(group_figure.points * (body->>'weight')::numeric, (body->>'points')::numeric)
        END), 0)
    FROM group_figure
    JOIN stage USING (contest, id)
    WHERE kind = 'stage'
    GROUP BY contest, entrant
),
penalty_taken (contest, entrant, penalty, taken, is_out) AS MATERIALIZED (
    SELECT
        contest,
        entrant,
        penalty,
        least((rule->>'each')::numeric * occurrences, (rule->>'cap')::numeric),
        COALESCE(occurrences >= (rule->>'out_at')::integer, false)
    FROM given_scheme
    CROSS JOIN jsonb_array_elements(body->'penalties') AS rule
    JOIN penalty_given USING (contest)
    WHERE rule->>'id' = penalty AND occurrences > 0
),
penalised (contest, entrant, taken, is_out) AS (
    SELECT contest, entrant, sum(taken), bool_or(is_out)
    FROM penalty_taken
    GROUP BY contest, entrant
),
-- What a state does to the entrant, it does where it stands for an aspect without any reading; absent is who was absent throughout.
states_given AS (
    SELECT
        contest,
        entrant,
        COALESCE(bool_or(total = 'zero'), false) AS is_zero,
        COALESCE(bool_or(rank = 'none' AND state = 'disqualified'), false) AS is_out,
        COALESCE(bool_or(rank = 'none'), false) AS is_unranked,
        COALESCE(bool_or(rank = 'last'), false) AS is_last
    FROM aspect_figure
    JOIN state_rule USING (contest, state)
    GROUP BY contest, entrant
),
presence (contest, entrant, is_absent) AS (
    SELECT contest, entrant, bool_and(state = 'absent')
    FROM judge_points
    GROUP BY contest, entrant
),
marks_in (contest, entrant, marked) AS (
    SELECT contest, entrant, sum(marked)
    FROM aspect_figure
    GROUP BY contest, entrant
),
marks_due (contest, expected) AS (
    SELECT contest, sum(judges)
    FROM aspect
    GROUP BY contest
),
total AS MATERIALIZED (
    SELECT
        contest,
        entrant,
        number,
        CASE
            WHEN COALESCE(jury_word.is_out, false) OR COALESCE(penalised.is_out, false) OR COALESCE(states_given.is_out, false)
                THEN 'disqualified'
            WHEN COALESCE(own_word.is_out, false) THEN 'withdrawn'
            WHEN is_unranked THEN 'unranked'
            WHEN is_absent THEN 'absent'
            ELSE 'competing'
        END AS state,
        CASE WHEN is_zero THEN 0 ELSE pg_temp.rounded(
            greatest((body->>'floor')::numeric, points - taken_off),
            (body->'rounding'->>'places')::integer,
            body->'rounding'->>'mode'
        ) END AS total,
        taken_off AS penalties,
        COALESCE(marked, 0) AS marked,
        COALESCE(expected, 0) AS expected,
        COALESCE(is_last, false) AS is_last
    FROM given_entrant
    JOIN given_scheme USING (contest)
    LEFT JOIN contributed USING (contest, entrant)
    LEFT JOIN penalised USING (contest, entrant)
    LEFT JOIN jury_word USING (contest, entrant)
    LEFT JOIN own_word USING (contest, entrant)
    LEFT JOIN states_given USING (contest, entrant)
    LEFT JOIN presence USING (contest, entrant)
    LEFT JOIN marks_in USING (contest, entrant)
    LEFT JOIN marks_due USING (contest)
    CROSS JOIN LATERAL (SELECT least(COALESCE(taken, 0), (body->>'penalty_cap')::numeric) AS taken_off) AS off
)
