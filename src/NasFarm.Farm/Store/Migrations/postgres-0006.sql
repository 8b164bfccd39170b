-- Looks, as sqlite-0006: a sweep may add its seeds in cohorts. Runs of its open look and of earlier ones may run; the open look is the last
-- one taken when no more seeds are needed.

ALTER TABLE sweep ADD COLUMN looks TEXT COLLATE "C";                -- seeds per arm at each look; null: every seed at once
ALTER TABLE sweep ADD COLUMN look INTEGER NOT NULL DEFAULT 0;       -- number of the open look, from 1
ALTER TABLE sweep ADD COLUMN looks_taken INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sweep_run ADD COLUMN look INTEGER NOT NULL DEFAULT 0;   -- the look that needs the run first, from 1; 0: there are none
