-- What the recount's one statement calls, in the session's own schema: arithmetic, and the points of one judge's reading.
-- Figures are carried with 180 decimals and settled at 150 before anything is decided by them, so that three thirds are one.

CREATE OR REPLACE FUNCTION pg_temp.settled(figure numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN round(figure, 150);

CREATE OR REPLACE FUNCTION pg_temp.quotient(dividend numeric, divisor numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN round(dividend, 180) / NULLIF(divisor, 0);

-- Rounding at a declared point. PostgreSQL rounds a half away from zero; half of a half is none, so that twice its rounding is even.
CREATE OR REPLACE FUNCTION pg_temp.rounded(figure numeric, places integer, mode text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN places IS NULL THEN figure
    WHEN mode = 'down' THEN trunc(round(figure, 150), places)
    WHEN mode = 'half_even' AND abs(round(figure, 150) - trunc(round(figure, 150), places)) = ('5e-' || places + 1)::numeric
        THEN 2 * round(0.5 * round(figure, 150), places)
    ELSE round(round(figure, 150), places)
END;

CREATE OR REPLACE FUNCTION pg_temp.steps(amount numeric, how text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE how
    WHEN 'begun' THEN ceil(round(amount, 150))
    WHEN 'full' THEN floor(round(amount, 150))
    ELSE amount
END;

-- The panel's one figure of its judges' points, which come in ascending order and without those that were dropped.
CREATE OR REPLACE FUNCTION pg_temp.combined(points numeric[], how text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE how
    WHEN 'sum' THEN (SELECT sum(each) FROM unnest(points) AS each)
    WHEN 'mean' THEN pg_temp.quotient((SELECT sum(each) FROM unnest(points) AS each), cardinality(points))
    ELSE pg_temp.quotient(points[(cardinality(points) + 1) / 2] + points[cardinality(points) / 2 + 1], 2)
END;

-- Those of the judges' points, in ascending order, that count: dropping leaves at least one, or does not happen.
CREATE OR REPLACE FUNCTION pg_temp.kept(points numeric[], lowest integer, highest integer) RETURNS numeric[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN cardinality(points) - lowest - highest >= 1 THEN points[lowest + 1:cardinality(points) - highest]
    ELSE points
END;

-- Measured values --------------------------------------------------------------------------------------------------------

-- How far a reading is outside what is allowed: above it positive, below it negative, within it 0. Ranges allow the nominal value
-- alone, a scale of grades whatever is not above it.
CREATE OR REPLACE FUNCTION pg_temp.excess(tolerance jsonb, credit text, deviation numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
    WITH allowed AS (
        SELECT CASE tolerance->>'kind'
            WHEN 'fixed' THEN (tolerance->>'allowed')::numeric
            WHEN 'by_length' THEN pg_temp.quotient(
                (tolerance->>'allowed')::numeric * (tolerance->>'length')::numeric, (tolerance->>'per')::numeric
            )
            WHEN 'by_size' THEN (
                SELECT (step->>'allowed')::numeric
                FROM jsonb_array_elements(tolerance->'steps') WITH ORDINALITY AS steps (step, place)
                WHERE (step->>'up_to')::numeric >= (tolerance->>'size')::numeric
                ORDER BY place
                LIMIT 1
            )
        END AS either_side
    ), sides AS (
        SELECT
            CASE
                WHEN credit = 'ranges' THEN 0
                WHEN credit = 'grades' THEN NULL
                WHEN tolerance->>'kind' = 'limits' THEN (tolerance->>'lower')::numeric
                ELSE -either_side
            END AS lower,
            CASE
                WHEN credit IN ('ranges', 'grades') THEN 0
                WHEN tolerance->>'kind' = 'limits' THEN (tolerance->>'upper')::numeric
                ELSE either_side
            END AS upper
        FROM allowed
    )
    -- What is decided by is settled; what is reckoned with is not, for a loss may multiply what settling took.
    SELECT CASE
        WHEN pg_temp.settled(deviation - upper) > 0 THEN deviation - upper
        WHEN pg_temp.settled(deviation - lower) < 0 THEN deviation - lower
        ELSE 0
    END
    FROM sides
);

-- The reading that counts: the worst is farthest outside what is allowed, then farthest off the nominal value, then the highest;
-- the best is the last in that order.
CREATE OR REPLACE FUNCTION pg_temp.measured(aspect jsonb, readings numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN cardinality(readings) = 1 THEN readings[1]
    WHEN aspect->>'take' = 'mean'
        THEN pg_temp.quotient((SELECT sum(reading) FROM unnest(readings) AS reading), cardinality(readings))
    ELSE (
        SELECT (array_agg(reading ORDER BY outside * turn, abs(deviation) * turn, reading * turn))[1]
        FROM unnest(readings) AS reading
        CROSS JOIN LATERAL (SELECT reading - (aspect->>'nominal')::numeric AS deviation) AS off
        CROSS JOIN LATERAL pg_temp.settled(abs(pg_temp.excess(aspect->'tolerance', aspect->'credit'->>'kind', deviation))) AS outside
        CROSS JOIN (SELECT CASE aspect->>'take' WHEN 'best' THEN 1 ELSE -1 END AS turn) AS direction
    )
END;

CREATE OR REPLACE FUNCTION pg_temp.grade(grades jsonb, reading numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
    SELECT min(place)
    FROM jsonb_array_elements_text(grades) WITH ORDINALITY AS listed (value, place)
    WHERE value::numeric >= round(reading, 150)
);

CREATE OR REPLACE FUNCTION pg_temp.measurement_points(aspect jsonb, reading numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
    WITH measured AS (
        SELECT
            (aspect->>'points')::numeric AS points,
            aspect->'credit' AS credit,
            round(reading - (aspect->>'nominal')::numeric, 150) AS deviation,
            pg_temp.excess(aspect->'tolerance', aspect->'credit'->>'kind', reading - (aspect->>'nominal')::numeric) AS over
    )
    SELECT CASE credit->>'kind'
        WHEN 'bands' THEN CASE WHEN over = 0 THEN points ELSE points * (
            SELECT (band->>'keep')::numeric
            FROM jsonb_array_elements(credit->'bands') WITH ORDINALITY AS bands (band, place)
            WHERE (band->>'over_up_to')::numeric >= pg_temp.settled(abs(over))
                AND band->>'side' IN ('both', CASE WHEN over > 0 THEN 'above' ELSE 'below' END)
            ORDER BY place
            LIMIT 1
        ) END
        WHEN 'linear' THEN greatest(0, points - (credit->>'lose')::numeric
            * pg_temp.steps(pg_temp.quotient(abs(over), (credit->>'per')::numeric), credit->>'count'))
        WHEN 'ranges' THEN CASE WHEN deviation = 0 THEN points ELSE points * (
            SELECT (range->>'keep')::numeric
            FROM jsonb_array_elements(credit->'ranges') WITH ORDINALITY AS ranges (range, place)
            WHERE round(reading, 150) BETWEEN (range->>'lower')::numeric AND (range->>'upper')::numeric
            ORDER BY place
            LIMIT 1
        ) END
        WHEN 'grades' THEN points * CASE
            WHEN pg_temp.grade(credit->'grades', reading) <= pg_temp.grade(credit->'grades', (aspect->>'nominal')::numeric) THEN 1
            ELSE (credit->'keep'->>(pg_temp.grade(credit->'grades', reading)
                - pg_temp.grade(credit->'grades', (aspect->>'nominal')::numeric) - 1)::integer)::numeric
        END
    END
    FROM measured
);

-- Times ------------------------------------------------------------------------------------------------------------------

-- The time that counts: a run beyond the stop is none; only the best can do with fewer runs than there are.
CREATE OR REPLACE FUNCTION pg_temp.time_taken(aspect jsonb, runs numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
    SELECT CASE
        WHEN aspect->>'take' = 'best' THEN min(run)
        WHEN count(*) < (aspect->>'runs')::integer THEN NULL
        WHEN aspect->>'take' = 'worst' THEN max(run)
        WHEN aspect->>'take' = 'mean' THEN pg_temp.quotient(sum(run), count(*))
        ELSE sum(run)
    END
    FROM unnest(runs) AS run
    WHERE run <= (aspect->>'stop')::numeric OR aspect->>'stop' IS NULL
);

CREATE OR REPLACE FUNCTION pg_temp.time_points(points numeric, credit jsonb, seconds numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN seconds IS NULL THEN 0
    WHEN credit->>'kind' = 'left' THEN least(points, (credit->>'gain')::numeric * pg_temp.steps(
        pg_temp.quotient(greatest(0, (credit->>'limit')::numeric - seconds), (credit->>'per')::numeric), credit->>'count'
    ))
    WHEN credit->>'kind' = 'over' THEN greatest(0, points - (credit->>'lose')::numeric * pg_temp.steps(
        pg_temp.quotient(greatest(0, seconds - (credit->>'limit')::numeric), (credit->>'per')::numeric), credit->>'count'
    ))
    WHEN credit->>'kind' = 'bands' THEN points * (
        SELECT (band->>'keep')::numeric
        FROM jsonb_array_elements(credit->'bands') WITH ORDINALITY AS bands (band, place)
        WHERE (band->>'up_to')::numeric >= round(seconds, 150)
        ORDER BY place
        LIMIT 1
    )
END;

-- One judge's points -----------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION pg_temp.choice_points(points numeric, option jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN COALESCE((option->>'points')::numeric, points * (option->>'keep')::numeric);

CREATE OR REPLACE FUNCTION pg_temp.points_lost(items jsonb, occurrences numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
    SELECT sum(least((item->>'each')::numeric * occurrences[place], (item->>'cap')::numeric))
    FROM jsonb_array_elements(items) WITH ORDINALITY AS listed (item, place)
);

-- The points that a judge's readings give, before the panel rounds them; no rule for a reading means no points.
CREATE OR REPLACE FUNCTION pg_temp.reading_points(aspect jsonb, readings numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN COALESCE(CASE aspect->>'kind'
    WHEN 'binary' THEN (aspect->>'points')::numeric * readings[1]
    WHEN 'count' THEN pg_temp.quotient((aspect->>'points')::numeric * readings[1], (aspect->>'possible')::numeric)
    WHEN 'choice' THEN pg_temp.choice_points((aspect->>'points')::numeric, aspect->'options'->readings[1]::integer)
    WHEN 'measurement' THEN pg_temp.measurement_points(aspect, pg_temp.measured(aspect, readings))
    WHEN 'deduction' THEN greatest(
        (aspect->>'least')::numeric, (aspect->>'points')::numeric - pg_temp.points_lost(aspect->'items', readings)
    )
    WHEN 'judgement' THEN pg_temp.quotient(
        (aspect->>'points')::numeric * readings[1], jsonb_array_length(aspect->'levels') - 1
    )
    WHEN 'score' THEN readings[1]
    WHEN 'time' THEN pg_temp.time_points(
        (aspect->>'points')::numeric, aspect->'credit', pg_temp.time_taken(aspect, readings)
    )
    WHEN 'external' THEN pg_temp.quotient((aspect->>'points')::numeric * readings[1], (aspect->>'out_of')::numeric)
END, 0);

-- What is made of the totals ---------------------------------------------------------------------------------------------

-- Whether a figure is at a line or above it; everything is where there is none.
CREATE OR REPLACE FUNCTION pg_temp.reaches(figure numeric, line numeric) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN line IS NULL OR round(figure, 150) >= line;

-- Whether equals are among the first so many, by how many come before them and how many there are up to the last of them.
CREATE OR REPLACE FUNCTION pg_temp.is_within(before bigint, up_to bigint, number numeric, ties text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN number IS NULL OR CASE ties WHEN 'in' THEN before < number ELSE up_to <= number END;

-- How many a rule's percentage of so many is; none where it has no percentage.
CREATE OR REPLACE FUNCTION pg_temp.share(rule jsonb, base bigint) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN trunc(pg_temp.rounded(
    pg_temp.quotient((rule->>'percent')::numeric * base, 100),
    (rule->'rounding'->>'places')::integer,
    rule->'rounding'->>'mode'
));

-- How many behind the first ``before`` in a row share a medal: all up to the first that is too far off; off the one before where
-- the rule chains them, else off ``beside``, or off the first of them where that is not given.
CREATE OR REPLACE FUNCTION pg_temp.sharing(rule jsonb, figures numeric[], before integer, beside numeric) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
    SELECT count(*)
    FROM (
        SELECT bool_and(pg_temp.settled(abs(figure - neighbour)) <= (rule->>'window')::numeric) OVER (ORDER BY turn) AS is_near
        FROM (
            SELECT
                turn,
                figure,
                CASE WHEN (rule->>'chained')::boolean AND turn > 1
                    THEN lag(figure) OVER (ORDER BY turn)
                    ELSE COALESCE(beside, first_value(figure) OVER (ORDER BY turn))
                END AS neighbour
            FROM unnest(figures[before + 1:]) WITH ORDINALITY AS ahead (figure, turn)
        ) AS beside_each_other
    ) AS row_so_far
    WHERE is_near
);

-- A figure as the answer tells it.
CREATE OR REPLACE FUNCTION pg_temp.told(figure numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN trim_scale(round(figure, 150))::text;
