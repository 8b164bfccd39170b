-- Slots that take nothing new: because a person said so, or because of their own failures. A place is HOST, or HOST/cpu-0 whatever process drives it.

CREATE TABLE cordon (
  place   TEXT PRIMARY KEY,
  by_whom TEXT NOT NULL,
  reason  TEXT,
  drain   INTEGER NOT NULL,         -- 1: what runs there stops with a checkpoint too
  at      INTEGER NOT NULL
) WITHOUT ROWID;

-- Places where attempts ended by the device; gone with the first success.
CREATE TABLE slot_trouble (
  place          TEXT PRIMARY KEY,
  runs           TEXT NOT NULL,     -- of the last such attempts, the oldest first
  times          INTEGER NOT NULL,  -- how often the place was excluded
  reason         TEXT NOT NULL,
  excluded_from  INTEGER,
  excluded_until INTEGER
) WITHOUT ROWID;

ALTER TABLE slot ADD COLUMN since INTEGER NOT NULL DEFAULT 0;  -- when its process announced it first

CREATE INDEX unit_quarantined ON unit (unit_id) WHERE reason = 'quarantined';
