-- Standings of delegations: what counts of each member with a place, how many of them, and what that comes to.
team (contest, id, rule) AS (
    SELECT contest, rule->>'id', rule
    FROM given_scheme, jsonb_array_elements(body->'teams') AS rule
),
-- What everybody's best medal or line is worth; ``worth_place`` is its place among the scheme's four figures.
medal_worth (contest, id, entrant, worth) AS (
    SELECT contest, team.id, entrant, max((rule->'medal_points'->>worth_place - 1)::numeric)
    FROM team
    JOIN won USING (contest)
    WHERE worth_place IS NOT NULL
    GROUP BY contest, team.id, entrant
),
member (contest, id, rule, delegation, entrant, counts, of_delegation, turn) AS MATERIALIZED (
    SELECT
        contest,
        id,
        rule,
        delegation,
        entrant,
        counts,
        count(*) OVER (PARTITION BY contest, id, delegation),
        row_number() OVER (
            PARTITION BY contest, id, delegation
            ORDER BY CASE rule->>'of' WHEN 'place' THEN counts ELSE -pg_temp.settled(counts) END, rank, entrant
        )
    FROM team
    JOIN in_order USING (contest)
    LEFT JOIN medal_worth USING (contest, id, entrant)
    CROSS JOIN LATERAL (
        SELECT CASE rule->>'of'
            WHEN 'total' THEN total
            WHEN 'scale' THEN scaled
            WHEN 'place' THEN rank
            ELSE COALESCE(worth, 0)
        END AS counts
    ) AS what_counts
    WHERE delegation <> '' AND counts IS NOT NULL
),
team_figure (contest, id, delegation, figure, members) AS MATERIALIZED (
    SELECT
        contest,
        id,
        delegation,
        pg_temp.settled(pg_temp.rounded(
            pg_temp.combined(array_agg(counts), rule->>'combine'),
            (rule->'rounding'->>'places')::integer,
            rule->'rounding'->>'mode'
        )),
        jsonb_agg(entrant ORDER BY turn)
    FROM member
    WHERE of_delegation >= (rule->>'fewest')::integer
        AND (turn <= (rule->>'best')::integer OR rule->>'best' IS NULL)
    GROUP BY contest, id, delegation, rule
),
team_place (contest, id, delegation, rank, shared) AS (
    SELECT
        contest,
        id,
        delegation,
        CASE body->>'places'
            WHEN '1223' THEN dense_rank() OVER by_figure
            WHEN '1334' THEN count(*) OVER by_figure
            ELSE rank() OVER by_figure
        END,
        count(*) OVER (PARTITION BY contest, id, figure) > 1
    FROM team_figure
    JOIN team USING (contest, id)
    JOIN given_scheme USING (contest)
    WINDOW by_figure AS (
        PARTITION BY contest, id ORDER BY CASE rule->>'of' WHEN 'place' THEN figure ELSE -figure END
    )
),
-- By standing, every delegation that sent somebody; without enough members it has no place.
team_standing (contest, teams) AS (
    SELECT contest, jsonb_object_agg(id, delegations)
    FROM (
        SELECT
            contest,
            id,
            jsonb_object_agg(delegation, jsonb_build_object(
                'rank', rank,
                'shared', COALESCE(shared, false),
                'figure', pg_temp.told(figure),
                'members', COALESCE(members, '[]')
            )) AS delegations
        FROM team
        JOIN (SELECT DISTINCT contest, delegation FROM given_entrant WHERE delegation <> '') AS sent USING (contest)
        LEFT JOIN team_figure USING (contest, id, delegation)
        LEFT JOIN team_place USING (contest, id, delegation)
        GROUP BY contest, id
    ) AS standings
    GROUP BY contest
)
