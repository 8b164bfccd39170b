-- Lineage: what an attempt was executed by, and which checkpoint it went on from. Null: written before this schema.

ALTER TABLE attempt ADD COLUMN code_version TEXT;   -- of the trainer
ALTER TABLE attempt ADD COLUMN device_model TEXT;   -- processor or GPU, for people
ALTER TABLE attempt ADD COLUMN resumed_from TEXT;   -- SHA-256 of the checkpoint; null too: from the start
