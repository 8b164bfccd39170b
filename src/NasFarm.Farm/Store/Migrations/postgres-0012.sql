-- Who may ask over HTTP, and what was asked, as sqlite-0012.

CREATE TABLE access_token (
  token_id    TEXT COLLATE "C" PRIMARY KEY,
  name        TEXT COLLATE "C" NOT NULL,
  secret_hash TEXT COLLATE "C" NOT NULL,
  tenant      TEXT COLLATE "C" NOT NULL,
  role        TEXT COLLATE "C" NOT NULL,
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT,
  revoked_at  BIGINT,
  used_day    BIGINT
);

CREATE TABLE audit_entry (
  seq       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry_id  TEXT COLLATE "C" NOT NULL UNIQUE,
  at        BIGINT NOT NULL,
  who       TEXT COLLATE "C" NOT NULL,
  tenant    TEXT COLLATE "C" NOT NULL,
  verb      TEXT COLLATE "C" NOT NULL,
  target    TEXT COLLATE "C" NOT NULL,
  operation TEXT COLLATE "C",
  outcome   TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_entry_tenant ON audit_entry (tenant, seq);
