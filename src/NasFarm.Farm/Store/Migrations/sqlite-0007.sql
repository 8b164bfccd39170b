-- Where each run of a sweep stands, kept by the database itself whenever something changes that it follows from: counting a sweep of any size is
-- counting index entries. Claims and releases change nothing: which of the open runs run is told by the few units that do. What is accepted gets
-- its state at the end of the acceptance (Scripts/AcceptSweep.cs), once for all runs.

ALTER TABLE sweep_run ADD COLUMN state TEXT NOT NULL DEFAULT 'open';  -- open | finished | failed | cancelled

-- The rule. Of the units of a run, a sweep needs the searches and the retrain jobs that it wants. A run that was cancelled in a sweep stays so
-- whatever becomes of it in another; what is not over in a cancelled sweep, or after a look has decided, counts as cancelled there.
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

UPDATE sweep_run SET state = (SELECT v.state FROM sweep_run_now v WHERE v.sweep_id = sweep_run.sweep_id AND v.run_id = sweep_run.run_id);
CREATE INDEX sweep_run_by_state ON sweep_run (sweep_id, state, position);
CREATE INDEX unit_running ON unit (unit_id) WHERE state = 'running';

CREATE TRIGGER unit_moves AFTER UPDATE OF state ON unit WHEN NEW.state <> OLD.state AND NOT (NEW.state IN ('waiting', 'running') AND OLD.state IN ('waiting', 'running'))
BEGIN
  UPDATE sweep_run SET state = (SELECT v.state FROM sweep_run_now v WHERE v.sweep_id = sweep_run.sweep_id AND v.run_id = sweep_run.run_id)
   WHERE run_id = NEW.run_id;
END;
CREATE TRIGGER unit_follows AFTER INSERT ON unit WHEN NEW.kind = 'retrain' OR NEW.phase > 0
BEGIN
  UPDATE sweep_run SET state = (SELECT v.state FROM sweep_run_now v WHERE v.sweep_id = sweep_run.sweep_id AND v.run_id = sweep_run.run_id)
   WHERE run_id = NEW.run_id;
END;
CREATE TRIGGER seed_run_moves AFTER UPDATE OF search_state, diverged ON seed_run WHEN NEW.search_state <> OLD.search_state OR NEW.diverged <> OLD.diverged
BEGIN
  UPDATE sweep_run SET state = (SELECT v.state FROM sweep_run_now v WHERE v.sweep_id = sweep_run.sweep_id AND v.run_id = sweep_run.run_id)
   WHERE run_id = NEW.run_id;
END;
CREATE TRIGGER sweep_run_moves AFTER UPDATE OF cancelled_at, look ON sweep_run WHEN NEW.cancelled_at IS NOT OLD.cancelled_at OR NEW.look <> OLD.look
BEGIN
  UPDATE sweep_run SET state = (SELECT v.state FROM sweep_run_now v WHERE v.sweep_id = sweep_run.sweep_id AND v.run_id = sweep_run.run_id)
   WHERE sweep_id = NEW.sweep_id AND run_id = NEW.run_id;
END;
CREATE TRIGGER sweep_moves AFTER UPDATE OF cancelled_at, look, looks_taken ON sweep WHEN NEW.cancelled_at IS NOT OLD.cancelled_at OR NEW.look <> OLD.look OR NEW.looks_taken <> OLD.looks_taken
BEGIN
  UPDATE sweep_run SET state = (SELECT v.state FROM sweep_run_now v WHERE v.sweep_id = sweep_run.sweep_id AND v.run_id = sweep_run.run_id)
   WHERE sweep_id = NEW.sweep_id;
END;
