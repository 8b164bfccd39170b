-- Digests, as sqlite-0009: what a comparison needs of a finished search and of a finished retrain job.

ALTER TABLE seed_run ADD COLUMN digest TEXT;                      -- of a finished search, which never changes again; null: not made yet
ALTER TABLE unit ADD COLUMN trained_seconds DOUBLE PRECISION;     -- of a retrain job that is done
ALTER TABLE unit ADD COLUMN wasted_seconds DOUBLE PRECISION;

CREATE INDEX seed_run_undigested ON seed_run (run_id) WHERE search_state = 'finished' AND digest IS NULL;
CREATE INDEX unit_undigested ON unit (unit_id) WHERE kind = 'retrain' AND state = 'done' AND trained_seconds IS NULL;

-- Specifications are what most bytes are: the quicker compression, where the server was built with it.
DO $$
DECLARE
  place text;
BEGIN
  FOREACH place IN ARRAY ARRAY['seed_run ALTER COLUMN spec', 'seed_run ALTER COLUMN digest', 'unit ALTER COLUMN spec', 'retrain ALTER COLUMN spec'] LOOP
    EXECUTE format('ALTER TABLE %s SET COMPRESSION lz4', place);
  END LOOP;
EXCEPTION WHEN feature_not_supported OR syntax_error THEN
  RAISE NOTICE 'This server has no lz4; specifications are compressed as before.';
END $$;
