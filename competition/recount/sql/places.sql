-- Places: the cuts of stages, one after the other, then the ranking's keys, one after the other.
figure (contest, entrant, kind, id, value, sums) AS MATERIALIZED (
    SELECT contest, entrant, 'total', '', total, NULL::jsonb
    FROM total
    UNION ALL
    SELECT contest, entrant, 'penalties', '', penalties, NULL
    FROM total
    UNION ALL
    SELECT contest, entrant, kind, id, points, NULL
    FROM group_figure
    UNION ALL
    SELECT contest, entrant, 'aspect', aspect, points, NULL
    FROM aspect_figure
    UNION ALL
    SELECT contest, entrant, 'time', aspect, seconds, NULL
    FROM aspect_figure
    UNION ALL
    SELECT contest, entrant, 'majority', sub_criterion, NULL, jsonb_object_agg(judge, points)
    FROM judge_sheet
    GROUP BY contest, entrant, sub_criterion
),
cut AS MATERIALIZED (
    SELECT
        contest,
        id AS stage,
        place,
        row_number() OVER (PARTITION BY contest ORDER BY place) AS step,
        (body->'cut'->>'top')::numeric AS top,
        (body->'cut'->>'percent')::numeric AS percent,
        (body->'cut'->'rounding'->>'places')::integer AS places,
        body->'cut'->'rounding'->>'mode' AS mode,
        (body->'cut'->>'at_least')::numeric AS at_least,
        body->'cut'->>'ties' = 'in' AS ties_in
    FROM stage
    WHERE body->'cut'->>'ties' IS NOT NULL
),
last_figure (contest, entrant, stage) AS (
    SELECT contest, entrant, max(place)
    FROM figure
    JOIN stage USING (contest, id)
    WHERE kind = 'stage' AND value IS NOT NULL
    GROUP BY contest, entrant
),
-- Everybody, with the points of each cut's stage; who is out stays out. A cut decides from its first mark on, among those with a
-- place and those without one who have a figure in a later stage.
cutting (contest, entrant, is_placed, is_last, last_stage, figures, step, out_at) AS (
    SELECT
        total.contest,
        total.entrant,
        state = 'competing' AND marked > 0,
        is_last,
        last_figure.stage,
        array_agg(pg_temp.settled(value) ORDER BY cut.step),
        0::bigint,
        NULL::bigint
    FROM total
    LEFT JOIN last_figure ON last_figure.contest = total.contest AND last_figure.entrant = total.entrant
    LEFT JOIN cut ON cut.contest = total.contest
    LEFT JOIN figure
        ON figure.contest = total.contest
        AND figure.entrant = total.entrant
        AND figure.kind = 'stage'
        AND figure.id = cut.stage
    GROUP BY total.contest, total.entrant, state, marked, is_last, last_figure.stage
    UNION ALL
    SELECT
        contest,
        entrant,
        is_placed,
        is_last,
        last_stage,
        figures,
        step,
        CASE
            WHEN NOT counts THEN out_at
            WHEN took_part = 0 THEN NULL
            WHEN points IS NULL OR points < at_least THEN step
            WHEN within > least(top, pg_temp.rounded(pg_temp.quotient(percent * took_part, 100), places, mode)) THEN step
        END
    FROM (
        SELECT
            cutting.contest,
            entrant,
            is_placed,
            is_last,
            last_stage,
            figures,
            cut.step,
            out_at,
            counts,
            figures[cut.step] AS points,
            at_least,
            top,
            percent,
            places,
            mode,
            count(figures[cut.step]) OVER (PARTITION BY cutting.contest, counts) AS took_part,
            CASE
                WHEN ties_in THEN rank() OVER (
                    PARTITION BY cutting.contest, counts ORDER BY figures[cut.step] DESC NULLS LAST
                )
                ELSE count(*) OVER (
                    PARTITION BY cutting.contest, counts ORDER BY figures[cut.step] DESC NULLS LAST
                )
            END AS within
        FROM cutting
        JOIN cut ON cut.contest = cutting.contest AND cut.step = cutting.step + 1
        CROSS JOIN LATERAL (
            SELECT out_at IS NULL AND (is_placed OR COALESCE(last_stage > cut.place, false)) AS counts
        ) AS question
    ) AS standing_at_the_cut
),
ranking_key (contest, step, kind, id, sign) AS MATERIALIZED (
    SELECT
        contest,
        step,
        key->>'of',
        key->>'id',
        CASE COALESCE(key->>'order', CASE WHEN key->>'of' IN ('time', 'penalties') THEN 'ascending' END)
            WHEN 'ascending' THEN 1
            ELSE -1
        END
    FROM given_scheme, jsonb_array_elements(body->'ranking') WITH ORDINALITY AS listed (key, step)
),
-- Figures by key, turned so that the lower comes first; sheets where the key is a majority.
key_figures (contest, entrant, figures, sheets) AS MATERIALIZED (
    SELECT
        total.contest,
        total.entrant,
        array_agg(sign * pg_temp.settled(value) ORDER BY step),
        array_agg(sums ORDER BY step)
    FROM total
    JOIN ranking_key ON ranking_key.contest = total.contest
    LEFT JOIN figure
        ON figure.contest = total.contest
        AND figure.entrant = total.entrant
        AND figure.kind = ranking_key.kind
        AND figure.id = ranking_key.id
    GROUP BY total.contest, total.entrant
),
-- Those who go on, then who was cut at a later stage; equals are of one class, which each key parts further.
parting (contest, entrant, step, class, figures, sheets) AS (
    SELECT
        contest,
        entrant,
        0::bigint,
        dense_rank() OVER (
            PARTITION BY contest
            ORDER BY is_last, out_at DESC NULLS FIRST, cutting.figures[out_at] DESC NULLS LAST
        ),
        key_figures.figures,
        key_figures.sheets
    FROM cutting
    JOIN key_figures USING (contest, entrant)
    WHERE is_placed AND cutting.step = (SELECT count(*) FROM cut WHERE cut.contest = cutting.contest)
    UNION ALL
    SELECT
        contest,
        entrant,
        step,
        dense_rank() OVER (PARTITION BY contest ORDER BY class, COALESCE(figures[step], sign * won) NULLS LAST),
        figures,
        sheets
    FROM (
        SELECT
            parting.contest,
            entrant,
            ranking_key.step,
            ranking_key.sign,
            class,
            figures,
            sheets,
            CASE WHEN kind = 'majority' THEN array_agg(sheets[ranking_key.step]) OVER (PARTITION BY parting.contest, class) END AS equals
        FROM parting
        JOIN ranking_key ON ranking_key.contest = parting.contest AND ranking_key.step = parting.step + 1
    ) AS equal_so_far
    CROSS JOIN LATERAL (
        SELECT CASE WHEN sheets[step] IS NOT NULL THEN count(*) FILTER (WHERE more > 0) END AS won
        FROM unnest(equals) AS other
        CROSS JOIN LATERAL (
            SELECT sum(sign(pg_temp.settled(own.points::numeric) - pg_temp.settled((other->>own.judge)::numeric))) AS more
            FROM jsonb_each_text(sheets[step]) AS own (judge, points)
        ) AS comparison
    ) AS majority
),
place AS (
    SELECT
        contest,
        entrant,
        CASE body->>'places'
            WHEN '1223' THEN dense_rank() OVER by_class
            WHEN '1334' THEN count(*) OVER by_class
            ELSE rank() OVER by_class
        END AS rank,
        count(*) OVER (PARTITION BY contest, class) > 1 AS shared
    FROM (
        SELECT
            contest,
            entrant,
            body,
            dense_rank() OVER (
                PARTITION BY contest ORDER BY parting.class, CASE WHEN body->>'last_resort' = 'number' THEN number END
            ) AS class
        FROM parting
        JOIN given_scheme USING (contest)
        JOIN given_entrant USING (contest, entrant)
        WHERE step = jsonb_array_length(body->'ranking')
    ) AS parted
    WINDOW by_class AS (PARTITION BY contest ORDER BY class)
)
