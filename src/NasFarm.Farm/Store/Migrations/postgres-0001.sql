-- The tables of sqlite-0001 in PostgreSQL's types. Instants are milliseconds since 1970-01-01 UTC by the database's clock; flags are 0 or 1.
-- Words and ids compare by bytes (COLLATE "C"), so that every database orders them alike; documents and sentences are never compared.
-- Fill factors leave room beside rows that are updated often, so that renewing a lease rewrites no index.

CREATE TABLE sweep (
  sweep_id     TEXT COLLATE "C" PRIMARY KEY,
  name         TEXT NOT NULL,
  tenant       TEXT COLLATE "C" NOT NULL,
  manifest     TEXT NOT NULL,
  arms         TEXT NOT NULL,
  comparison   TEXT NOT NULL,
  priority     INTEGER NOT NULL,
  code_version TEXT NOT NULL,
  accepted_at  BIGINT NOT NULL,
  cancelled_at BIGINT
);

-- One search as science. Several sweeps may refer to it.
CREATE TABLE seed_run (
  run_id           TEXT COLLATE "C" PRIMARY KEY,
  tenant           TEXT COLLATE "C" NOT NULL,
  seed             BIGINT NOT NULL,
  spec             TEXT NOT NULL,
  execution        TEXT NOT NULL,
  device           TEXT COLLATE "C" NOT NULL,   -- of the execution: the pool its units queue in
  max_attempts     INTEGER NOT NULL,
  wall_limit_ms    BIGINT,
  priority         INTEGER NOT NULL,
  arm_order        INTEGER NOT NULL,
  search_state     TEXT COLLATE "C" NOT NULL,   -- open | finished | failed | cancelled
  genotype         TEXT,
  diverged         SMALLINT NOT NULL DEFAULT 0,
  numerics_changed SMALLINT NOT NULL DEFAULT 0,
  code_version     TEXT NOT NULL,
  created_at       BIGINT NOT NULL
) WITH (fillfactor = 90);

CREATE TABLE sweep_run (
  sweep_id TEXT COLLATE "C" NOT NULL REFERENCES sweep,
  run_id   TEXT COLLATE "C" NOT NULL REFERENCES seed_run,
  position INTEGER NOT NULL,
  arm      TEXT NOT NULL,
  by_table SMALLINT NOT NULL,
  PRIMARY KEY (sweep_id, run_id)
);
CREATE INDEX sweep_run_by_run ON sweep_run (run_id);

CREATE TABLE retrain (
  retrain_id TEXT COLLATE "C" PRIMARY KEY,
  run_id     TEXT COLLATE "C" NOT NULL REFERENCES seed_run,
  seed       BIGINT NOT NULL,
  spec       TEXT NOT NULL
);
CREATE INDEX retrain_by_run ON retrain (run_id);

CREATE TABLE sweep_retrain (
  sweep_id   TEXT COLLATE "C" NOT NULL REFERENCES sweep,
  retrain_id TEXT COLLATE "C" NOT NULL REFERENCES retrain,
  position   INTEGER NOT NULL,
  PRIMARY KEY (sweep_id, retrain_id)
);
CREATE INDEX sweep_retrain_by_retrain ON sweep_retrain (retrain_id);

-- Runs whose recorded triggers feed a placebo run.
CREATE TABLE placebo_source (
  run_id    TEXT COLLATE "C" NOT NULL REFERENCES seed_run,
  source_id TEXT COLLATE "C" NOT NULL REFERENCES seed_run,
  PRIMARY KEY (run_id, source_id)
);
CREATE INDEX placebo_source_by_source ON placebo_source (source_id);

-- What a slot executes. The fence only grows; state 'running' at a fence is ownership.
CREATE TABLE unit (
  unit_id     TEXT COLLATE "C" PRIMARY KEY,
  run_id      TEXT COLLATE "C" NOT NULL REFERENCES seed_run,
  kind        TEXT COLLATE "C" NOT NULL,        -- search | retrain
  phase       INTEGER NOT NULL,
  state       TEXT COLLATE "C" NOT NULL,        -- waiting | running | done | failed | cancelled
  hold        TEXT COLLATE "C",                 -- why a waiting unit is not offered: placebo-sources | numerics-mismatch
  owner       TEXT COLLATE "C",
  slot_id     TEXT COLLATE "C",
  fence       BIGINT NOT NULL DEFAULT 0,
  lease_until BIGINT,
  not_before  BIGINT NOT NULL,
  device      TEXT COLLATE "C" NOT NULL,
  priority    INTEGER NOT NULL,
  seed        BIGINT NOT NULL,
  progress    INTEGER NOT NULL,
  arm_order   INTEGER NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  failures    INTEGER NOT NULL DEFAULT 0,       -- attempts that count against the limit
  enqueued_at BIGINT NOT NULL,
  spec        TEXT NOT NULL,
  outcome     TEXT,
  fingerprint TEXT COLLATE "C",                 -- of the attempt that wrote the newest checkpoint
  reason      TEXT COLLATE "C",
  reason_text TEXT
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX unit_by_run ON unit (run_id, kind, phase);
-- Only what waits is in the queue, only what runs is looked at for expiry: both stay small however long the farm has lived.
CREATE INDEX unit_queue ON unit (device, priority DESC, seed, progress DESC, arm_order, enqueued_at, unit_id) WHERE state = 'waiting';
CREATE INDEX unit_running ON unit (unit_id) WHERE state = 'running';

CREATE TABLE attempt (
  unit_id     TEXT COLLATE "C" NOT NULL REFERENCES unit,
  fence       BIGINT NOT NULL,
  owner       TEXT COLLATE "C" NOT NULL,
  slot_id     TEXT COLLATE "C" NOT NULL,
  host        TEXT NOT NULL,
  claimed_at  BIGINT NOT NULL,
  started_at  BIGINT,
  ended_at    BIGINT,
  resumed_at  BIGINT,                           -- epochs trained at the start
  fingerprint TEXT COLLATE "C",
  ending      TEXT COLLATE "C",                 -- done | a failure reason; null while it lasts
  message     TEXT,
  log         TEXT,
  PRIMARY KEY (unit_id, fence)
) WITH (fillfactor = 75);

CREATE TABLE fingerprint (
  hash TEXT COLLATE "C" PRIMARY KEY,
  body TEXT NOT NULL
);

-- Append-only. Effective rows are those not void; at most one per (unit, step, name). The unit needs no reference: its row is locked
-- by whoever writes here, and a check for each of ten thousand rows a second would prove the same again.
CREATE TABLE metric (
  unit_id TEXT COLLATE "C" NOT NULL,
  step    BIGINT NOT NULL,
  name    TEXT COLLATE "C" NOT NULL,
  fence   BIGINT NOT NULL,
  epoch   INTEGER NOT NULL,
  value   DOUBLE PRECISION,                     -- null: not a number
  timing  SMALLINT NOT NULL,
  void    SMALLINT NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_id, step, name, fence)
);

-- Decisions of the search (kind 'decision', keyed like metrics) and notes of the farm (kind 'note').
CREATE TABLE event (
  seq     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id TEXT COLLATE "C" NOT NULL REFERENCES unit,
  kind    TEXT COLLATE "C" NOT NULL,
  step    BIGINT NOT NULL,
  name    TEXT COLLATE "C" NOT NULL,
  fence   BIGINT NOT NULL,
  epoch   INTEGER NOT NULL,
  detail  TEXT NOT NULL,
  at      BIGINT NOT NULL,
  void    SMALLINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX event_decision ON event (unit_id, step, name, fence) WHERE kind = 'decision';
CREATE INDEX event_by_unit ON event (unit_id, seq);

-- Checkpoint files. Paths are relative to the artifacts folder.
CREATE TABLE artifact (
  unit_id     TEXT COLLATE "C" NOT NULL REFERENCES unit,
  fence       BIGINT NOT NULL,
  path        TEXT COLLATE "C" NOT NULL,
  sha256      TEXT COLLATE "C" NOT NULL,
  bytes       BIGINT NOT NULL,
  trained     BIGINT NOT NULL,
  epoch       INTEGER NOT NULL,
  end_of_unit SMALLINT NOT NULL,
  written_at  BIGINT NOT NULL,
  ordinal     BIGINT NOT NULL,                  -- grows with every checkpoint of the unit: tells which of one epoch is newer
  void        SMALLINT NOT NULL DEFAULT 0,
  collected   SMALLINT NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_id, fence, path)
);
CREATE INDEX artifact_kept ON artifact (path) WHERE collected = 0 AND void = 0;

CREATE TABLE slot (
  slot_id     TEXT COLLATE "C" PRIMARY KEY,
  owner       TEXT COLLATE "C" NOT NULL,
  host        TEXT NOT NULL,
  device      TEXT COLLATE "C" NOT NULL,
  model       TEXT NOT NULL,
  memory      BIGINT NOT NULL,
  labels      TEXT NOT NULL,
  fingerprint TEXT COLLATE "C",
  alive_until BIGINT NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE coordinator (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  owner       TEXT COLLATE "C" NOT NULL,
  lease_until BIGINT NOT NULL
) WITH (fillfactor = 50);

-- Commands by their operation id, with what they did: a repeated command answers the same and does nothing.
CREATE TABLE operation (
  operation_id TEXT COLLATE "C" PRIMARY KEY,
  kind         TEXT COLLATE "C" NOT NULL,
  at           BIGINT NOT NULL,
  effect       TEXT NOT NULL
);
