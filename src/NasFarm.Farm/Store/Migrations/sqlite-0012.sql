-- Who may ask over HTTP, and what was asked. A token's secret is nowhere: only its hash is kept, and the secret has 256 random bits, so that a hash
-- without salt gives nothing away.

CREATE TABLE access_token (
  token_id    TEXT PRIMARY KEY,
  name        TEXT NOT NULL,            -- for people
  secret_hash TEXT NOT NULL,            -- SHA-256, hex
  tenant      TEXT NOT NULL,            -- '*': every one
  role        TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER,                  -- null: never
  revoked_at  INTEGER,
  used_day    INTEGER                   -- days since 1970 on which it was last used; null: never
);

CREATE TABLE audit_entry (
  seq       INTEGER PRIMARY KEY AUTOINCREMENT,
  entry_id  TEXT NOT NULL UNIQUE,       -- told twice, it stands here once
  at        INTEGER NOT NULL,
  who       TEXT NOT NULL,
  tenant    TEXT NOT NULL,              -- '*': of no single one
  verb      TEXT NOT NULL,
  target    TEXT NOT NULL,
  operation TEXT,
  outcome   TEXT NOT NULL               -- 'done', or the code of the refusal
);
CREATE INDEX audit_entry_tenant ON audit_entry (tenant, seq);
