-- A phase that is done, and the next one that is enqueued, change no run's state: what follows is enqueued first, so that the run is open all the
-- time, and the end of its search is seen on seed_run. Only the other units are looked at.

DROP TRIGGER unit_moves;
DROP TRIGGER unit_follows;
CREATE TRIGGER unit_moves AFTER UPDATE OF state ON unit
  WHEN NEW.state <> OLD.state AND NOT (NEW.state IN ('waiting', 'running') AND OLD.state IN ('waiting', 'running')) AND NOT (NEW.kind = 'search' AND NEW.state = 'done')
BEGIN
  UPDATE sweep_run SET state = (SELECT v.state FROM sweep_run_now v WHERE v.sweep_id = sweep_run.sweep_id AND v.run_id = sweep_run.run_id)
   WHERE run_id = NEW.run_id;
END;
CREATE TRIGGER unit_follows AFTER INSERT ON unit WHEN NEW.kind = 'retrain'
BEGIN
  UPDATE sweep_run SET state = (SELECT v.state FROM sweep_run_now v WHERE v.sweep_id = sweep_run.sweep_id AND v.run_id = sweep_run.run_id)
   WHERE run_id = NEW.run_id;
END;
