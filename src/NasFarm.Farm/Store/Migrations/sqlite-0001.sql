-- Instants are milliseconds since 1970-01-01 UTC by the database's clock. Enumerations are kebab-case words. Documents are JSON.

CREATE TABLE sweep (
  sweep_id     TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  tenant       TEXT NOT NULL,
  manifest     TEXT NOT NULL,
  arms         TEXT NOT NULL,
  comparison   TEXT NOT NULL,
  priority     INTEGER NOT NULL,
  code_version TEXT NOT NULL,
  accepted_at  INTEGER NOT NULL,
  cancelled_at INTEGER
) WITHOUT ROWID;

-- One search as science. Several sweeps may refer to it.
CREATE TABLE seed_run (
  run_id           TEXT PRIMARY KEY,
  tenant           TEXT NOT NULL,
  seed             INTEGER NOT NULL,
  spec             TEXT NOT NULL,
  execution        TEXT NOT NULL,
  device           TEXT NOT NULL,   -- of the execution: the pool its units queue in
  max_attempts     INTEGER NOT NULL,
  wall_limit_ms    INTEGER,
  priority         INTEGER NOT NULL,
  arm_order        INTEGER NOT NULL,
  search_state     TEXT NOT NULL,   -- open | finished | failed | cancelled
  genotype         TEXT,
  diverged         INTEGER NOT NULL DEFAULT 0,
  numerics_changed INTEGER NOT NULL DEFAULT 0,
  code_version     TEXT NOT NULL,
  created_at       INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE sweep_run (
  sweep_id TEXT NOT NULL REFERENCES sweep,
  run_id   TEXT NOT NULL REFERENCES seed_run,
  position INTEGER NOT NULL,
  arm      TEXT NOT NULL,
  by_table INTEGER NOT NULL,
  PRIMARY KEY (sweep_id, run_id)
) WITHOUT ROWID;
CREATE INDEX sweep_run_by_run ON sweep_run (run_id);

CREATE TABLE retrain (
  retrain_id TEXT PRIMARY KEY,
  run_id     TEXT NOT NULL REFERENCES seed_run,
  seed       INTEGER NOT NULL,
  spec       TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX retrain_by_run ON retrain (run_id);

CREATE TABLE sweep_retrain (
  sweep_id   TEXT NOT NULL REFERENCES sweep,
  retrain_id TEXT NOT NULL REFERENCES retrain,
  position   INTEGER NOT NULL,
  PRIMARY KEY (sweep_id, retrain_id)
) WITHOUT ROWID;
CREATE INDEX sweep_retrain_by_retrain ON sweep_retrain (retrain_id);

-- Runs whose recorded triggers feed a placebo run.
CREATE TABLE placebo_source (
  run_id    TEXT NOT NULL REFERENCES seed_run,
  source_id TEXT NOT NULL REFERENCES seed_run,
  PRIMARY KEY (run_id, source_id)
) WITHOUT ROWID;
CREATE INDEX placebo_source_by_source ON placebo_source (source_id);

-- What a slot executes. The fence only grows; state 'running' at a fence is ownership.
CREATE TABLE unit (
  unit_id     TEXT PRIMARY KEY,
  run_id      TEXT NOT NULL REFERENCES seed_run,
  kind        TEXT NOT NULL,        -- search | retrain
  phase       INTEGER NOT NULL,
  state       TEXT NOT NULL,        -- waiting | running | done | failed | cancelled
  hold        TEXT,                 -- why a waiting unit is not offered: placebo-sources | numerics-mismatch
  owner       TEXT,
  slot_id     TEXT,
  fence       INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER,
  not_before  INTEGER NOT NULL,
  device      TEXT NOT NULL,
  priority    INTEGER NOT NULL,
  seed        INTEGER NOT NULL,
  progress    INTEGER NOT NULL,
  arm_order   INTEGER NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  failures    INTEGER NOT NULL DEFAULT 0,  -- attempts that count against the limit
  enqueued_at INTEGER NOT NULL,
  spec        TEXT NOT NULL,
  outcome     TEXT,
  fingerprint TEXT,                 -- of the attempt that wrote the newest checkpoint
  reason      TEXT,
  reason_text TEXT
) WITHOUT ROWID;
CREATE INDEX unit_by_run ON unit (run_id, kind, phase);
CREATE INDEX unit_queue ON unit (state, device, priority DESC, seed, progress DESC, arm_order, enqueued_at, unit_id);

CREATE TABLE attempt (
  unit_id     TEXT NOT NULL REFERENCES unit,
  fence       INTEGER NOT NULL,
  owner       TEXT NOT NULL,
  slot_id     TEXT NOT NULL,
  host        TEXT NOT NULL,
  claimed_at  INTEGER NOT NULL,
  started_at  INTEGER,
  ended_at    INTEGER,
  resumed_at  INTEGER,              -- epochs trained at the start
  fingerprint TEXT,
  ending      TEXT,                 -- done | a failure reason; null while it lasts
  message     TEXT,
  log         TEXT,
  PRIMARY KEY (unit_id, fence)
) WITHOUT ROWID;

CREATE TABLE fingerprint (
  hash TEXT PRIMARY KEY,
  body TEXT NOT NULL
) WITHOUT ROWID;

-- Append-only. Effective rows are those not void; at most one per (unit, step, name).
CREATE TABLE metric (
  unit_id TEXT NOT NULL REFERENCES unit,
  step    INTEGER NOT NULL,
  name    TEXT NOT NULL,
  fence   INTEGER NOT NULL,
  epoch   INTEGER NOT NULL,
  value   REAL,                     -- null: not a number
  timing  INTEGER NOT NULL,
  void    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_id, step, name, fence)
) WITHOUT ROWID;

-- Decisions of the search (kind 'decision', keyed like metrics) and notes of the farm (kind 'note').
CREATE TABLE event (
  seq     INTEGER PRIMARY KEY,
  unit_id TEXT NOT NULL REFERENCES unit,
  kind    TEXT NOT NULL,
  step    INTEGER NOT NULL,
  name    TEXT NOT NULL,
  fence   INTEGER NOT NULL,
  epoch   INTEGER NOT NULL,
  detail  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  void    INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX event_decision ON event (unit_id, step, name, fence) WHERE kind = 'decision';
CREATE INDEX event_by_unit ON event (unit_id, seq);

-- Checkpoint files. Paths are relative to the artifacts folder.
CREATE TABLE artifact (
  unit_id     TEXT NOT NULL REFERENCES unit,
  fence       INTEGER NOT NULL,
  path        TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  bytes       INTEGER NOT NULL,
  trained     INTEGER NOT NULL,
  epoch       INTEGER NOT NULL,
  end_of_unit INTEGER NOT NULL,
  written_at  INTEGER NOT NULL,
  ordinal     INTEGER NOT NULL,     -- grows with every checkpoint of the unit: tells which of one epoch is newer
  void        INTEGER NOT NULL DEFAULT 0,
  collected   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_id, fence, path)
) WITHOUT ROWID;
CREATE INDEX artifact_kept ON artifact (path) WHERE collected = 0 AND void = 0;

CREATE TABLE slot (
  slot_id     TEXT PRIMARY KEY,
  owner       TEXT NOT NULL,
  host        TEXT NOT NULL,
  device      TEXT NOT NULL,
  model       TEXT NOT NULL,
  memory      INTEGER NOT NULL,
  labels      TEXT NOT NULL,
  fingerprint TEXT,
  alive_until INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE coordinator (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  owner       TEXT NOT NULL,
  lease_until INTEGER NOT NULL
);

-- Commands by their operation id, with what they did: a repeated command answers the same and does nothing.
CREATE TABLE operation (
  operation_id TEXT PRIMARY KEY,
  kind         TEXT NOT NULL,
  at           INTEGER NOT NULL,
  effect       TEXT NOT NULL
) WITHOUT ROWID;
