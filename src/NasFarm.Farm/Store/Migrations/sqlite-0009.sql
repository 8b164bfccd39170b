-- Digests: what a comparison needs of a finished search and of a finished retrain job, kept beside them, so that many runs are compared
-- without reading every metric. Made after the fact by whoever coordinates; null: not made yet, and the rows themselves are read.

ALTER TABLE seed_run ADD COLUMN digest TEXT;            -- of a finished search, which never changes again
ALTER TABLE unit ADD COLUMN trained_seconds REAL;       -- of a retrain job that is done
ALTER TABLE unit ADD COLUMN wasted_seconds REAL;

CREATE INDEX seed_run_undigested ON seed_run (run_id) WHERE search_state = 'finished' AND digest IS NULL;
CREATE INDEX unit_undigested ON unit (unit_id) WHERE kind = 'retrain' AND state = 'done' AND trained_seconds IS NULL;
