-- Scheduling, as sqlite-0002: a unit stands in the queue of one sweep for one kind of slot; tenants have quotas and weights; use of slots is summed up.

ALTER TABLE sweep ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sweep ADD COLUMN preemption SMALLINT NOT NULL DEFAULT 0;

-- One sweep's units that ask for equal slots. The id is sweep_id/device/memory/labels.
CREATE TABLE queue (
  queue_id TEXT COLLATE "C" PRIMARY KEY,
  sweep_id TEXT COLLATE "C" NOT NULL REFERENCES sweep,
  device   TEXT COLLATE "C" NOT NULL,
  memory   BIGINT NOT NULL,                     -- bytes that the slot must have; 0: any
  labels   TEXT COLLATE "C" NOT NULL            -- that the slot must have, sorted, with commas
);
CREATE INDEX queue_by_sweep ON queue (sweep_id);

ALTER TABLE seed_run ADD COLUMN queue TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE seed_run ADD COLUMN phases INTEGER NOT NULL DEFAULT 1;    -- search phases at most
ALTER TABLE seed_run ADD COLUMN retrains INTEGER NOT NULL DEFAULT 0;  -- retrain jobs that its sweep wants
ALTER TABLE seed_run ADD COLUMN preempted_at BIGINT;                  -- when a unit of it was last asked to make room
ALTER TABLE unit ADD COLUMN queue TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE unit ADD COLUMN stop_for TEXT COLLATE "C";                -- unit that the running attempt was asked to make room for

-- A run stands under the live sweep that was accepted last; when all are cancelled, under the last of them.
INSERT INTO queue (queue_id, sweep_id, device, memory, labels)
SELECT DISTINCT x.sweep_id || '/' || r.device || '/0/', x.sweep_id, r.device, 0, '' FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id;
UPDATE seed_run SET queue = (
  SELECT x.sweep_id || '/' || seed_run.device || '/0/' FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id
   WHERE x.run_id = seed_run.run_id
   ORDER BY CASE WHEN s.cancelled_at IS NULL THEN 0 ELSE 1 END, s.accepted_at DESC, s.sweep_id LIMIT 1);
UPDATE seed_run SET retrains = (SELECT COUNT(*) FROM retrain t WHERE t.run_id = seed_run.run_id);
UPDATE unit SET queue = (SELECT r.queue FROM seed_run r WHERE r.run_id = unit.run_id);

-- The order inside a queue is the scheduler's order inside a sweep; what is done is read in the same order for estimates.
DROP INDEX unit_queue;
CREATE INDEX unit_queue ON unit (queue, seed, progress DESC, arm_order, enqueued_at, unit_id) WHERE state = 'waiting';
CREATE INDEX unit_done ON unit (queue, seed, progress DESC, arm_order, enqueued_at, unit_id) WHERE state = 'done';
ALTER TABLE unit DROP COLUMN priority;
ALTER TABLE seed_run DROP COLUMN priority;

CREATE TABLE tenant (
  tenant TEXT COLLATE "C" PRIMARY KEY,
  slots  INTEGER,                               -- at once, over all pools; null: any number
  weight INTEGER NOT NULL
);

-- What ended attempts have used: seconds weighted by 2^((t - landmark) / half-life). A row per slot, so that no two completions wait for one row.
CREATE TABLE slot_use (
  slot_id  TEXT COLLATE "C" NOT NULL,
  sweep_id TEXT COLLATE "C" NOT NULL,
  device   TEXT COLLATE "C" NOT NULL,
  landmark BIGINT NOT NULL,
  scaled   DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (slot_id, sweep_id, device, landmark)
) WITH (fillfactor = 50);

ALTER TABLE slot ADD COLUMN kept_for TEXT COLLATE "C";  -- unit that a running one has made room for here
ALTER TABLE slot ADD COLUMN kept_until BIGINT;
