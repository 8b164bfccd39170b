-- What has moved, as sqlite-0011. Transactions end in another order than they begin: rows are read by the transaction that wrote them, and only up
-- to the oldest that is still going on, so that nothing appears behind a reader.

CREATE TABLE unit_move (
  writer  BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
  seq     BIGINT GENERATED ALWAYS AS IDENTITY,
  unit_id TEXT COLLATE "C" NOT NULL,
  run_id  TEXT COLLATE "C" NOT NULL,
  state   TEXT COLLATE "C" NOT NULL,
  fence   BIGINT NOT NULL,
  PRIMARY KEY (writer, seq)
);

CREATE TABLE unit_move_forgotten (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  writer BIGINT NOT NULL,
  seq    BIGINT NOT NULL
);

CREATE FUNCTION tell_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO unit_move (unit_id, run_id, state, fence) VALUES (NEW.unit_id, NEW.run_id, NEW.state, NEW.fence);
  RETURN NULL;
END $$;
CREATE TRIGGER unit_tells AFTER UPDATE OF state ON unit FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION tell_unit();
