-- As sqlite-0010: a phase that is done, and the next one that is enqueued, change no run's state. What is left to look at needs no short way.

DROP TRIGGER unit_moves ON unit;
DROP TRIGGER unit_follows ON unit;
DROP FUNCTION follow_unit();
CREATE TRIGGER unit_moves AFTER UPDATE OF state ON unit FOR EACH ROW WHEN (NEW.state <> OLD.state AND NOT (NEW.state IN ('waiting', 'running') AND OLD.state IN ('waiting', 'running')) AND NOT (NEW.kind = 'search' AND NEW.state = 'done')) EXECUTE FUNCTION follow_run();
CREATE TRIGGER unit_follows AFTER INSERT ON unit FOR EACH ROW WHEN (NEW.kind = 'retrain') EXECUTE FUNCTION follow_run();
