-- Where each run of a sweep stands, as sqlite-0007.

ALTER TABLE sweep_run ADD COLUMN state TEXT COLLATE "C" NOT NULL DEFAULT 'open';  -- open | finished | failed | cancelled

CREATE VIEW sweep_run_now AS
SELECT sweep_id, run_id,
       CASE WHEN run_cancelled = 1 THEN 'cancelled'
            WHEN complete = 1 THEN 'finished'
            WHEN unneeded = 1 AND left_to_do = 2 THEN 'cancelled'
            WHEN left_to_do = 2 THEN 'open'
            WHEN left_to_do = 1 THEN 'failed'
            ELSE 'cancelled' END AS state
  FROM (
    SELECT x.sweep_id, x.run_id,
           CASE WHEN x.cancelled_at IS NULL THEN 0 ELSE 1 END AS run_cancelled,
           CASE WHEN s.cancelled_at IS NOT NULL OR (x.look > s.look AND s.looks_taken = s.look) THEN 1 ELSE 0 END AS unneeded,
           CASE WHEN r.search_state = 'finished' AND (r.diverged = 1 OR NOT EXISTS (
             SELECT 1 FROM retrain t
              WHERE t.run_id = x.run_id AND EXISTS (SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = x.sweep_id AND w.retrain_id = t.retrain_id)
                AND NOT EXISTS (SELECT 1 FROM unit d WHERE d.unit_id = t.retrain_id AND d.state = 'done'))) THEN 1 ELSE 0 END AS complete,
           (SELECT MAX(CASE WHEN u.state IN ('waiting', 'running') THEN 2 WHEN u.state = 'failed' THEN 1 ELSE 0 END) FROM unit u
             WHERE u.run_id = x.run_id
               AND (u.kind = 'search' OR EXISTS (SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = x.sweep_id AND w.retrain_id = u.unit_id))) AS left_to_do
      FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id JOIN seed_run r ON r.run_id = x.run_id) AS facts;

UPDATE sweep_run SET state = v.state FROM sweep_run_now v WHERE v.sweep_id = sweep_run.sweep_id AND v.run_id = sweep_run.run_id;
CREATE INDEX sweep_run_by_state ON sweep_run (sweep_id, state, position);

-- The rows are locked before the rule looks: of two units of a run that end at once, the second sees what the first has left.
CREATE FUNCTION follow_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM sweep_run x WHERE x.run_id = NEW.run_id ORDER BY x.sweep_id FOR NO KEY UPDATE;
  UPDATE sweep_run x SET state = v.state FROM sweep_run_now v
   WHERE x.run_id = NEW.run_id AND v.run_id = NEW.run_id AND v.sweep_id = x.sweep_id AND v.state <> x.state;
  RETURN NULL;
END $$;

CREATE FUNCTION follow_sweep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM sweep_run x WHERE x.sweep_id = NEW.sweep_id ORDER BY x.run_id FOR NO KEY UPDATE;
  UPDATE sweep_run x SET state = v.state FROM sweep_run_now v
   WHERE x.sweep_id = NEW.sweep_id AND v.sweep_id = NEW.sweep_id AND v.run_id = x.run_id AND v.state <> x.state;
  RETURN NULL;
END $$;

CREATE TRIGGER unit_moves AFTER UPDATE OF state ON unit FOR EACH ROW WHEN (NEW.state <> OLD.state AND NOT (NEW.state IN ('waiting', 'running') AND OLD.state IN ('waiting', 'running'))) EXECUTE FUNCTION follow_run();
CREATE TRIGGER unit_follows AFTER INSERT ON unit FOR EACH ROW WHEN (NEW.kind = 'retrain' OR NEW.phase > 0) EXECUTE FUNCTION follow_run();
CREATE TRIGGER seed_run_moves AFTER UPDATE OF search_state, diverged ON seed_run FOR EACH ROW WHEN (NEW.search_state <> OLD.search_state OR NEW.diverged <> OLD.diverged) EXECUTE FUNCTION follow_run();
CREATE TRIGGER sweep_run_moves AFTER UPDATE OF cancelled_at, look ON sweep_run FOR EACH ROW WHEN (NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at OR NEW.look <> OLD.look) EXECUTE FUNCTION follow_run();
CREATE TRIGGER sweep_moves AFTER UPDATE OF cancelled_at, look, looks_taken ON sweep FOR EACH ROW WHEN (NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at OR NEW.look <> OLD.look OR NEW.looks_taken <> OLD.looks_taken) EXECUTE FUNCTION follow_sweep();
