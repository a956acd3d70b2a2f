-- A hall screen's pass is kept sealed, apart from the address: whoever reads this table, or a backup of it, has no way in by it.
-- `asked_from` is where a screen asked for its code, until it has a name: no address fills all the places. `heard_by` is the server
-- process that has its line: one that has lost a screen says nothing against the one that has it now.
ALTER TABLE display
    ADD COLUMN sealed_pass bytea,
    ADD COLUMN asked_from text NOT NULL DEFAULT '',
    ADD COLUMN heard_by uuid;

-- Passes that were kept in clear are forgotten: such a screen shows what everybody may see until it is pointed again.
UPDATE display
SET address = regexp_replace(regexp_replace(address, '(?<=[?&])pass=[^&]*&?', '', 'g'), '[?&]$', '')
WHERE address LIKE '%pass=%';
UPDATE display
SET report = '{}'
WHERE report ->> 'address' LIKE '%pass=%';
