-- Whom the farm has told that a sweep is over, as sqlite-0013.

CREATE TABLE sweep_notice (
  sweep_id TEXT COLLATE "C" PRIMARY KEY,
  round    BIGINT NOT NULL,
  tries    BIGINT NOT NULL,
  next_at  BIGINT NOT NULL,
  told_at  BIGINT,
  trouble  TEXT COLLATE "C"
);
