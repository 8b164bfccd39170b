-- Control, as sqlite-0003: sweeps, runs of one sweep and runs themselves can be paused; a run can be cancelled in one sweep.

ALTER TABLE sweep ADD COLUMN paused TEXT;
ALTER TABLE sweep_run ADD COLUMN paused TEXT;
ALTER TABLE sweep_run ADD COLUMN cancelled_at BIGINT;   -- in this sweep, whatever becomes of the run in others
ALTER TABLE seed_run ADD COLUMN named_pause TEXT;       -- the run itself was paused, for all its sweeps
ALTER TABLE seed_run ADD COLUMN paused TEXT;            -- what follows from all of these; units that are enqueued later take it over
ALTER TABLE unit ADD COLUMN paused TEXT;                -- while set: not offered; a running attempt writes a checkpoint and stops
