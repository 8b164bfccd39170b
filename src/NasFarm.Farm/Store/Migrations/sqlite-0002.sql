-- Scheduling: a unit stands in the queue of one sweep for one kind of slot; tenants have quotas and weights; use of slots is summed up.

ALTER TABLE sweep ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sweep ADD COLUMN preemption INTEGER NOT NULL DEFAULT 0;

-- One sweep's units that ask for equal slots. The id is sweep_id/device/memory/labels.
CREATE TABLE queue (
  queue_id TEXT PRIMARY KEY,
  sweep_id TEXT NOT NULL REFERENCES sweep,
  device   TEXT NOT NULL,
  memory   INTEGER NOT NULL,        -- bytes that the slot must have; 0: any
  labels   TEXT NOT NULL            -- that the slot must have, sorted, with commas
) WITHOUT ROWID;
CREATE INDEX queue_by_sweep ON queue (sweep_id);

ALTER TABLE seed_run ADD COLUMN queue TEXT NOT NULL DEFAULT '';
ALTER TABLE seed_run ADD COLUMN phases INTEGER NOT NULL DEFAULT 1;    -- search phases at most
ALTER TABLE seed_run ADD COLUMN retrains INTEGER NOT NULL DEFAULT 0;  -- retrain jobs that its sweep wants
ALTER TABLE seed_run ADD COLUMN preempted_at INTEGER;                 -- when a unit of it was last asked to make room
ALTER TABLE unit ADD COLUMN queue TEXT NOT NULL DEFAULT '';
ALTER TABLE unit ADD COLUMN stop_for TEXT;                            -- unit that the running attempt was asked to make room for

-- A run stands under the live sweep that was accepted last; when all are cancelled, under the last of them.
INSERT INTO queue (queue_id, sweep_id, device, memory, labels)
SELECT DISTINCT x.sweep_id || '/' || r.device || '/0/', x.sweep_id, r.device, 0, '' FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id;
UPDATE seed_run SET queue = (
  SELECT x.sweep_id || '/' || seed_run.device || '/0/' FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id
   WHERE x.run_id = seed_run.run_id
   ORDER BY CASE WHEN s.cancelled_at IS NULL THEN 0 ELSE 1 END, s.accepted_at DESC, s.sweep_id LIMIT 1);
UPDATE seed_run SET retrains = (SELECT COUNT(*) FROM retrain t WHERE t.run_id = seed_run.run_id);
UPDATE unit SET queue = (SELECT r.queue FROM seed_run r WHERE r.run_id = unit.run_id);

-- The order inside a queue is the scheduler's order inside a sweep.
DROP INDEX unit_queue;
CREATE INDEX unit_queue ON unit (state, queue, seed, progress DESC, arm_order, enqueued_at, unit_id);
ALTER TABLE unit DROP COLUMN priority;
ALTER TABLE seed_run DROP COLUMN priority;

CREATE TABLE tenant (
  tenant TEXT PRIMARY KEY,
  slots  INTEGER,                   -- at once, over all pools; null: any number
  weight INTEGER NOT NULL
) WITHOUT ROWID;

-- What ended attempts have used: seconds weighted by 2^((t - landmark) / half-life). A row per slot, so that no two completions wait for one row.
CREATE TABLE slot_use (
  slot_id  TEXT NOT NULL,
  sweep_id TEXT NOT NULL,
  device   TEXT NOT NULL,
  landmark INTEGER NOT NULL,
  scaled   REAL NOT NULL,
  PRIMARY KEY (slot_id, sweep_id, device, landmark)
) WITHOUT ROWID;

ALTER TABLE slot ADD COLUMN kept_for TEXT;       -- unit that a running one has made room for here
ALTER TABLE slot ADD COLUMN kept_until INTEGER;
