-- From judges' readings to the figures of aspects and sheets.
-- The same reading of the same aspect is worked out once; the panel's ``each`` rounds it here, unless it is for the judge's whole
-- sheet.
reading AS MATERIALIZED (
    SELECT
        contest,
        id AS aspect,
        readings,
        pg_temp.rounded(
            pg_temp.reading_points(aspect.body, readings), CASE WHEN NOT by_sheet THEN each_places END, each_mode
        ) AS points,
        CASE WHEN aspect.body->>'kind' = 'time' THEN pg_temp.time_taken(aspect.body, readings) END AS seconds
    FROM (
        SELECT DISTINCT contest, aspect AS id, readings
        FROM mark
        WHERE state = 'marked'
    ) AS made
    JOIN aspect USING (contest, id)
    JOIN panel USING (contest, sub_criterion)
),
judge_points AS MATERIALIZED (
    SELECT
        mark.contest,
        mark.entrant,
        mark.judge,
        mark.state,
        aspect.sub_criterion,
        aspect.id AS aspect,
        aspect.rivalry,
        aspect.factor,
        reading.points,
        reading.seconds
    FROM mark
    JOIN aspect ON aspect.contest = mark.contest AND aspect.id = mark.aspect
    LEFT JOIN reading
        ON mark.state = 'marked'
        AND reading.contest = mark.contest
        AND reading.aspect = mark.aspect
        AND reading.readings = mark.readings
),
-- Every aspect with a mark: what its panel's judges give in ascending order, their times likewise, and the state that stands for it.
aspect_panel AS MATERIALIZED (
    SELECT
        contest,
        entrant,
        aspect,
        count(*) AS marks,
        count(points) AS present,
        array_agg(points ORDER BY points) FILTER (WHERE points IS NOT NULL) AS figures,
        array_agg(seconds ORDER BY seconds) FILTER (WHERE seconds IS NOT NULL) AS times,
        min(state_rule.precedence) AS precedence
    FROM judge_points
    LEFT JOIN state_rule USING (contest, state)
    GROUP BY contest, entrant, aspect
),
-- What an aspect's judges give together, not rounded yet. Where the panel works by sheet, nobody is dropped: it is only told.
aspect_together AS MATERIALIZED (
    SELECT
        contest,
        entrant,
        aspect.id AS aspect,
        least(marks, aspect.judges) AS marked,
        CASE WHEN times IS NOT NULL THEN pg_temp.combined(pg_temp.kept(times, drop_lowest, drop_highest), combine) END AS seconds,
        CASE
            WHEN by_sheet THEN pg_temp.combined(figures, CASE WHEN combine = 'sum' THEN 'sum' ELSE 'mean' END)
            WHEN present >= least(fewest, aspect.judges)
                THEN pg_temp.combined(pg_temp.kept(figures, drop_lowest, drop_highest), combine)
        END AS points,
        CASE WHEN present = 0 THEN precedence END AS precedence
    FROM aspect_panel
    JOIN aspect USING (contest)
    JOIN panel USING (contest, sub_criterion)
    WHERE aspect.id = aspect_panel.aspect
),
aspect_figure AS MATERIALIZED (
    SELECT
        contest,
        entrant,
        aspect.sub_criterion,
        aspect.id AS aspect,
        aspect.rivalry,
        by_sheet,
        marked,
        seconds,
        CASE
            WHEN precedence IS NOT NULL THEN CASE WHEN state_rule.gives = 'everything' THEN aspect.points ELSE 0 END
            WHEN by_sheet THEN factor * together.points
            WHEN aspect.places IS NULL THEN factor * pg_temp.rounded(together.points, panel.places, panel.mode)
            ELSE pg_temp.rounded(factor * pg_temp.rounded(together.points, panel.places, panel.mode), aspect.places, aspect.mode)
        END AS points,
        state_rule.state
    FROM aspect_together AS together
    JOIN aspect USING (contest)
    JOIN panel USING (contest, sub_criterion)
    LEFT JOIN state_rule USING (contest, precedence)
    WHERE aspect.id = together.aspect
),
-- Where judges' sums are asked for: by the panel, or by a majority among the ranking's keys.
summed_panel AS (
    SELECT *
    FROM panel
    WHERE by_sheet OR (contest, sub_criterion) IN (
        SELECT contest, key->>'id'
        FROM given_scheme, jsonb_array_elements(body->'ranking') AS key
        WHERE key->>'of' = 'majority'
    )
),
-- What each judge with a reading gives for each aspect; an aspect that a state gives in full, all of them give.
judge_figure AS (
    SELECT contest, entrant, sub_criterion, judge, rivalry, points * factor AS points
    FROM judge_points
    JOIN summed_panel USING (contest, sub_criterion)
    WHERE points IS NOT NULL
    UNION ALL
    SELECT contest, entrant, sub_criterion, judge, rivalry, aspect_figure.points
    FROM aspect_figure
    JOIN (
        SELECT DISTINCT contest, entrant, sub_criterion, judge
        FROM judge_points
        WHERE points IS NOT NULL
    ) AS present USING (contest, entrant, sub_criterion)
    JOIN state_rule USING (contest, state)
    JOIN summed_panel USING (contest, sub_criterion)
    WHERE state_rule.gives = 'everything'
),
-- Each judge's sum over a sub-criterion, of rivals only the judge's best.
judge_sheet AS MATERIALIZED (
    SELECT contest, entrant, sub_criterion, judge, pg_temp.rounded(sum(best), min(CASE WHEN by_sheet THEN each_places END), min(each_mode)) AS points
    FROM (
        SELECT contest, entrant, sub_criterion, judge, max(points) AS best
        FROM judge_figure
        GROUP BY contest, entrant, sub_criterion, judge, rivalry
    ) AS rivals
    JOIN panel USING (contest, sub_criterion)
    GROUP BY contest, entrant, sub_criterion, judge
),
sheet_figure AS (
    SELECT
        contest,
        entrant,
        sub_criterion,
        CASE WHEN count(*) >= min(fewest) THEN pg_temp.rounded(
            pg_temp.combined(
                pg_temp.kept(array_agg(points ORDER BY points), min(drop_lowest), min(drop_highest)), min(combine)
            ),
            min(places),
            min(mode)
        ) END AS points
    FROM judge_sheet
    JOIN panel USING (contest, sub_criterion)
    WHERE by_sheet
    GROUP BY contest, entrant, sub_criterion
),
-- The sum of every sub-criterion; none where no aspect, or no sheet, has a figure. Without a single reading a sheet has what states give.
sub_sum (contest, entrant, sub_criterion, points) AS MATERIALIZED (
    SELECT
        contest,
        entrant,
        sub_criterion,
        CASE WHEN bool_or(by_sheet AND NOT is_without_reading) THEN min(sheet_figure.points) ELSE sum(best) END
    FROM (
        SELECT contest, entrant, sub_criterion, max(points) AS best, bool_or(by_sheet) AS by_sheet
        FROM aspect_figure
        GROUP BY contest, entrant, sub_criterion, rivalry
    ) AS counted
    JOIN (
        SELECT contest, entrant, sub_criterion, bool_and(state IS NOT NULL) AS is_without_reading
        FROM aspect_figure
        GROUP BY contest, entrant, sub_criterion
    ) AS readings USING (contest, entrant, sub_criterion)
    LEFT JOIN sheet_figure USING (contest, entrant, sub_criterion)
    GROUP BY contest, entrant, sub_criterion
)
