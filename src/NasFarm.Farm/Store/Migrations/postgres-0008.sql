-- The rule as sqlite-0008; the functions that follow it ask it once for each sweep of a run, and write what has changed.

CREATE OR REPLACE VIEW sweep_run_now AS
SELECT sweep_id, run_id,
       CASE WHEN run_cancelled = 1 THEN 'cancelled'
            WHEN complete = 1 THEN 'finished'
            ELSE CASE left_to_do
                   WHEN 2 THEN CASE unneeded WHEN 1 THEN 'cancelled' ELSE 'open' END
                   WHEN 1 THEN 'failed'
                   ELSE 'cancelled' END END AS state
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

CREATE OR REPLACE FUNCTION follow_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v record;
BEGIN
  PERFORM 1 FROM sweep_run x WHERE x.run_id = NEW.run_id ORDER BY x.sweep_id FOR NO KEY UPDATE;
  FOR v IN SELECT n.sweep_id, n.state FROM sweep_run_now n WHERE n.run_id = NEW.run_id LOOP
    UPDATE sweep_run x SET state = v.state WHERE x.sweep_id = v.sweep_id AND x.run_id = NEW.run_id AND x.state <> v.state;
  END LOOP;
  RETURN NULL;
END $$;

-- The usual case first: a phase ends, or is enqueued, while the run's search goes on and every sweep counts it as open. Then nothing has changed.
CREATE FUNCTION follow_unit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v record;
BEGIN
  IF EXISTS (SELECT 1 FROM unit u WHERE u.run_id = NEW.run_id AND u.kind = 'search' AND u.state IN ('waiting', 'running'))
     AND EXISTS (SELECT 1 FROM seed_run r WHERE r.run_id = NEW.run_id AND r.search_state <> 'finished')
     AND NOT EXISTS (SELECT 1 FROM sweep_run x WHERE x.run_id = NEW.run_id AND x.state <> 'open') THEN
    RETURN NULL;
  END IF;
  PERFORM 1 FROM sweep_run x WHERE x.run_id = NEW.run_id ORDER BY x.sweep_id FOR NO KEY UPDATE;
  FOR v IN SELECT n.sweep_id, n.state FROM sweep_run_now n WHERE n.run_id = NEW.run_id LOOP
    UPDATE sweep_run x SET state = v.state WHERE x.sweep_id = v.sweep_id AND x.run_id = NEW.run_id AND x.state <> v.state;
  END LOOP;
  RETURN NULL;
END $$;

DROP TRIGGER unit_moves ON unit;
DROP TRIGGER unit_follows ON unit;
CREATE TRIGGER unit_moves AFTER UPDATE OF state ON unit FOR EACH ROW WHEN (NEW.state <> OLD.state AND NOT (NEW.state IN ('waiting', 'running') AND OLD.state IN ('waiting', 'running'))) EXECUTE FUNCTION follow_unit();
CREATE TRIGGER unit_follows AFTER INSERT ON unit FOR EACH ROW WHEN (NEW.kind = 'retrain' OR NEW.phase > 0) EXECUTE FUNCTION follow_unit();
