-- What has moved, in the order in which it became true: whoever watches reads on from where he was. Only the newest rows are kept; who is further
-- behind reads where things stand instead.

CREATE TABLE unit_move (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  writer  INTEGER NOT NULL DEFAULT 0,   -- its transaction, where several write at once; here one does
  unit_id TEXT NOT NULL,
  run_id  TEXT NOT NULL,
  state   TEXT NOT NULL,                -- it is in now
  fence   INTEGER NOT NULL
);

-- The last row that was forgotten.
CREATE TABLE unit_move_forgotten (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  writer INTEGER NOT NULL,
  seq    INTEGER NOT NULL
);

CREATE TRIGGER unit_tells AFTER UPDATE OF state ON unit WHEN NEW.state <> OLD.state
BEGIN
  INSERT INTO unit_move (unit_id, run_id, state, fence) VALUES (NEW.unit_id, NEW.run_id, NEW.state, NEW.fence);
END;
