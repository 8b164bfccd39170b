-- Whom the farm has told that a sweep is over.

CREATE TABLE sweep_notice (
  sweep_id TEXT PRIMARY KEY,            -- '': since when notices are given; what had ended before has a row and is told to nobody
  round    INTEGER NOT NULL,            -- raised when the sweep goes on after it was told
  tries    INTEGER NOT NULL,
  next_at  INTEGER NOT NULL,            -- not tried before
  told_at  INTEGER,                     -- null: not yet
  trouble  TEXT                         -- of the last try; beside told_at: it was given up
) WITHOUT ROWID;
