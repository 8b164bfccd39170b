SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA golden;
CREATE FUNCTION golden.follow_run() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  v record;
BEGIN
  PERFORM 1 FROM sweep_run x WHERE x.run_id = NEW.run_id ORDER BY x.sweep_id FOR NO KEY UPDATE;
  FOR v IN SELECT n.sweep_id, n.state FROM sweep_run_now n WHERE n.run_id = NEW.run_id LOOP
    UPDATE sweep_run x SET state = v.state WHERE x.sweep_id = v.sweep_id AND x.run_id = NEW.run_id AND x.state <> v.state;
  END LOOP;
  RETURN NULL;
END $$;
CREATE FUNCTION golden.follow_sweep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM 1 FROM sweep_run x WHERE x.sweep_id = NEW.sweep_id ORDER BY x.run_id FOR NO KEY UPDATE;
  UPDATE sweep_run x SET state = v.state FROM sweep_run_now v
   WHERE x.sweep_id = NEW.sweep_id AND v.sweep_id = NEW.sweep_id AND v.run_id = x.run_id AND v.state <> x.state;
  RETURN NULL;
END $$;
CREATE FUNCTION golden.tell_unit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO unit_move (unit_id, run_id, state, fence) VALUES (NEW.unit_id, NEW.run_id, NEW.state, NEW.fence);
  RETURN NULL;
END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE golden.access_token (
    token_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    secret_hash text NOT NULL COLLATE pg_catalog."C",
    tenant text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    used_day bigint
);
CREATE TABLE golden.artifact (
    unit_id text NOT NULL COLLATE pg_catalog."C",
    fence bigint NOT NULL,
    path text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL COLLATE pg_catalog."C",
    bytes bigint NOT NULL,
    trained bigint NOT NULL,
    epoch integer NOT NULL,
    end_of_unit smallint NOT NULL,
    written_at bigint NOT NULL,
    ordinal bigint NOT NULL,
    void smallint DEFAULT 0 NOT NULL,
    collected smallint DEFAULT 0 NOT NULL
);
CREATE TABLE golden.attempt (
    unit_id text NOT NULL COLLATE pg_catalog."C",
    fence bigint NOT NULL,
    owner text NOT NULL COLLATE pg_catalog."C",
    slot_id text NOT NULL COLLATE pg_catalog."C",
    host text NOT NULL,
    claimed_at bigint NOT NULL,
    started_at bigint,
    ended_at bigint,
    resumed_at bigint,
    fingerprint text COLLATE pg_catalog."C",
    ending text COLLATE pg_catalog."C",
    message text,
    log text,
    code_version text COLLATE pg_catalog."C",
    device_model text COLLATE pg_catalog."C",
    resumed_from text COLLATE pg_catalog."C"
)
WITH (fillfactor='75');
CREATE TABLE golden.audit_entry (
    seq bigint NOT NULL,
    entry_id text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    who text NOT NULL COLLATE pg_catalog."C",
    tenant text NOT NULL COLLATE pg_catalog."C",
    verb text NOT NULL COLLATE pg_catalog."C",
    target text NOT NULL COLLATE pg_catalog."C",
    operation text COLLATE pg_catalog."C",
    outcome text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE golden.audit_entry ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME golden.audit_entry_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE golden.coordinator (
    id integer NOT NULL,
    owner text NOT NULL COLLATE pg_catalog."C",
    lease_until bigint NOT NULL,
    CONSTRAINT coordinator_id_check CHECK ((id = 1))
)
WITH (fillfactor='50');
CREATE TABLE golden.cordon (
    place text NOT NULL COLLATE pg_catalog."C",
    by_whom text NOT NULL,
    reason text,
    drain smallint NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE golden.event (
    seq bigint NOT NULL,
    unit_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    step bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    fence bigint NOT NULL,
    epoch integer NOT NULL,
    detail text NOT NULL,
    at bigint NOT NULL,
    void smallint DEFAULT 0 NOT NULL
);
ALTER TABLE golden.event ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME golden.event_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE golden.fingerprint (
    hash text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL
);
CREATE TABLE golden.metric (
    unit_id text NOT NULL COLLATE pg_catalog."C",
    step bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    fence bigint NOT NULL,
    epoch integer NOT NULL,
    value double precision,
    timing smallint NOT NULL,
    void smallint DEFAULT 0 NOT NULL
);
CREATE TABLE golden.nasfarm_schema (
    level integer NOT NULL
);
CREATE TABLE golden.operation (
    operation_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    effect text NOT NULL
);
CREATE TABLE golden.placebo_source (
    run_id text NOT NULL COLLATE pg_catalog."C",
    source_id text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE golden.queue (
    queue_id text NOT NULL COLLATE pg_catalog."C",
    sweep_id text NOT NULL COLLATE pg_catalog."C",
    device text NOT NULL COLLATE pg_catalog."C",
    memory bigint NOT NULL,
    labels text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE golden.retrain (
    retrain_id text NOT NULL COLLATE pg_catalog."C",
    run_id text NOT NULL COLLATE pg_catalog."C",
    seed bigint NOT NULL,
    spec text NOT NULL
);
ALTER TABLE ONLY golden.retrain ALTER COLUMN spec SET COMPRESSION lz4;
CREATE TABLE golden.seed_run (
    run_id text NOT NULL COLLATE pg_catalog."C",
    tenant text NOT NULL COLLATE pg_catalog."C",
    seed bigint NOT NULL,
    spec text NOT NULL,
    execution text NOT NULL,
    device text NOT NULL COLLATE pg_catalog."C",
    max_attempts integer NOT NULL,
    wall_limit_ms bigint,
    arm_order integer NOT NULL,
    search_state text NOT NULL COLLATE pg_catalog."C",
    genotype text,
    diverged smallint DEFAULT 0 NOT NULL,
    numerics_changed smallint DEFAULT 0 NOT NULL,
    code_version text NOT NULL,
    created_at bigint NOT NULL,
    queue text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    phases integer DEFAULT 1 NOT NULL,
    retrains integer DEFAULT 0 NOT NULL,
    preempted_at bigint,
    named_pause text,
    paused text,
    digest text
)
WITH (fillfactor='90');
ALTER TABLE ONLY golden.seed_run ALTER COLUMN spec SET COMPRESSION lz4;
ALTER TABLE ONLY golden.seed_run ALTER COLUMN digest SET COMPRESSION lz4;
CREATE TABLE golden.slot (
    slot_id text NOT NULL COLLATE pg_catalog."C",
    owner text NOT NULL COLLATE pg_catalog."C",
    host text NOT NULL,
    device text NOT NULL COLLATE pg_catalog."C",
    model text NOT NULL,
    memory bigint NOT NULL,
    labels text NOT NULL,
    fingerprint text COLLATE pg_catalog."C",
    alive_until bigint NOT NULL,
    kept_for text COLLATE pg_catalog."C",
    kept_until bigint,
    since bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE golden.slot_trouble (
    place text NOT NULL COLLATE pg_catalog."C",
    runs text NOT NULL,
    times integer NOT NULL,
    reason text NOT NULL,
    excluded_from bigint,
    excluded_until bigint
);
CREATE TABLE golden.slot_use (
    slot_id text NOT NULL COLLATE pg_catalog."C",
    sweep_id text NOT NULL COLLATE pg_catalog."C",
    device text NOT NULL COLLATE pg_catalog."C",
    landmark bigint NOT NULL,
    scaled double precision NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE golden.sweep (
    sweep_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    tenant text NOT NULL COLLATE pg_catalog."C",
    manifest text NOT NULL,
    arms text NOT NULL,
    comparison text NOT NULL,
    priority integer NOT NULL,
    code_version text NOT NULL,
    accepted_at bigint NOT NULL,
    cancelled_at bigint,
    weight integer DEFAULT 1 NOT NULL,
    preemption smallint DEFAULT 0 NOT NULL,
    paused text,
    looks text COLLATE pg_catalog."C",
    look integer DEFAULT 0 NOT NULL,
    looks_taken integer DEFAULT 0 NOT NULL
);
CREATE TABLE golden.sweep_notice (
    sweep_id text NOT NULL COLLATE pg_catalog."C",
    round bigint NOT NULL,
    tries bigint NOT NULL,
    next_at bigint NOT NULL,
    told_at bigint,
    trouble text COLLATE pg_catalog."C"
);
CREATE TABLE golden.sweep_retrain (
    sweep_id text NOT NULL COLLATE pg_catalog."C",
    retrain_id text NOT NULL COLLATE pg_catalog."C",
    "position" integer NOT NULL
);
CREATE TABLE golden.sweep_run (
    sweep_id text NOT NULL COLLATE pg_catalog."C",
    run_id text NOT NULL COLLATE pg_catalog."C",
    "position" integer NOT NULL,
    arm text NOT NULL,
    by_table smallint NOT NULL,
    paused text,
    cancelled_at bigint,
    look integer DEFAULT 0 NOT NULL,
    state text DEFAULT 'open'::text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE golden.unit (
    unit_id text NOT NULL COLLATE pg_catalog."C",
    run_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    phase integer NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    hold text COLLATE pg_catalog."C",
    owner text COLLATE pg_catalog."C",
    slot_id text COLLATE pg_catalog."C",
    fence bigint DEFAULT 0 NOT NULL,
    lease_until bigint,
    not_before bigint NOT NULL,
    device text NOT NULL COLLATE pg_catalog."C",
    seed bigint NOT NULL,
    progress integer NOT NULL,
    arm_order integer NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    enqueued_at bigint NOT NULL,
    spec text NOT NULL,
    outcome text,
    fingerprint text COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C",
    reason_text text,
    queue text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    stop_for text COLLATE pg_catalog."C",
    paused text,
    trained_seconds double precision,
    wasted_seconds double precision
)
WITH (fillfactor='75', autovacuum_vacuum_scale_factor='0.05');
ALTER TABLE ONLY golden.unit ALTER COLUMN spec SET COMPRESSION lz4;
CREATE VIEW golden.sweep_run_now AS
 SELECT facts.sweep_id,
    facts.run_id,
        CASE
            WHEN (facts.run_cancelled = 1) THEN 'cancelled'::text
            WHEN (facts.complete = 1) THEN 'finished'::text
            ELSE
            CASE facts.left_to_do
                WHEN 2 THEN
                CASE facts.unneeded
                    WHEN 1 THEN 'cancelled'::text
                    ELSE 'open'::text
                END
                WHEN 1 THEN 'failed'::text
                ELSE 'cancelled'::text
            END
        END AS state
   FROM ( SELECT x.sweep_id,
            x.run_id,
                CASE
                    WHEN (x.cancelled_at IS NULL) THEN 0
                    ELSE 1
                END AS run_cancelled,
                CASE
                    WHEN ((s.cancelled_at IS NOT NULL) OR ((x.look > s.look) AND (s.looks_taken = s.look))) THEN 1
                    ELSE 0
                END AS unneeded,
                CASE
                    WHEN ((r.search_state = 'finished'::text) AND ((r.diverged = 1) OR (NOT (EXISTS ( SELECT 1
                       FROM golden.retrain t
                      WHERE ((t.run_id = x.run_id) AND (EXISTS ( SELECT 1
                               FROM golden.sweep_retrain w
                              WHERE ((w.sweep_id = x.sweep_id) AND (w.retrain_id = t.retrain_id)))) AND (NOT (EXISTS ( SELECT 1
                               FROM golden.unit d
                              WHERE ((d.unit_id = t.retrain_id) AND (d.state = 'done'::text))))))))))) THEN 1
                    ELSE 0
                END AS complete,
            ( SELECT max(
                        CASE
                            WHEN (u.state = ANY (ARRAY['waiting'::text, 'running'::text])) THEN 2
                            WHEN (u.state = 'failed'::text) THEN 1
                            ELSE 0
                        END) AS max
                   FROM golden.unit u
                  WHERE ((u.run_id = x.run_id) AND ((u.kind = 'search'::text) OR (EXISTS ( SELECT 1
                           FROM golden.sweep_retrain w
                          WHERE ((w.sweep_id = x.sweep_id) AND (w.retrain_id = u.unit_id))))))) AS left_to_do
           FROM ((golden.sweep_run x
             JOIN golden.sweep s ON ((s.sweep_id = x.sweep_id)))
             JOIN golden.seed_run r ON ((r.run_id = x.run_id)))) facts;
CREATE TABLE golden.tenant (
    tenant text NOT NULL COLLATE pg_catalog."C",
    slots integer,
    weight integer NOT NULL
);
CREATE TABLE golden.unit_move (
    writer bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    seq bigint NOT NULL,
    unit_id text NOT NULL COLLATE pg_catalog."C",
    run_id text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    fence bigint NOT NULL
);
CREATE TABLE golden.unit_move_forgotten (
    id integer NOT NULL,
    writer bigint NOT NULL,
    seq bigint NOT NULL,
    CONSTRAINT unit_move_forgotten_id_check CHECK ((id = 1))
);
ALTER TABLE golden.unit_move ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME golden.unit_move_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO golden.artifact VALUES ('darts-s1-p00', 1, 'darts-s1-p00/fence-1/1.safetensors', 'darts-s1-p00-1-False', 10, 1, 1, 0, 1795412477068, 1, 0, 0);
INSERT INTO golden.artifact VALUES ('darts-s1-p00', 1, 'darts-s1-p00/fence-1/2.safetensors', 'darts-s1-p00-2-False', 10, 2, 2, 0, 1795412477081, 2, 0, 0);
INSERT INTO golden.artifact VALUES ('darts-s1-p00', 1, 'darts-s1-p00/fence-1/3.safetensors', 'darts-s1-p00-3-False', 10, 3, 3, 0, 1795412477083, 3, 0, 0);
INSERT INTO golden.artifact VALUES ('darts-s1-p00', 1, 'darts-s1-p00/fence-1/3-end.safetensors', 'darts-s1-p00-3-True', 10, 3, 3, 1, 1795412477085, 4, 0, 0);
INSERT INTO golden.artifact VALUES ('darts-s1-t0', 1, 'darts-s1-t0/fence-1/1.safetensors', 'darts-s1-t0-1-False', 10, 1, 1, 0, 1795412477107, 1, 0, 0);
INSERT INTO golden.artifact VALUES ('darts-s1-t0', 1, 'darts-s1-t0/fence-1/2.safetensors', 'darts-s1-t0-2-False', 10, 2, 2, 0, 1795412477108, 2, 0, 0);
INSERT INTO golden.artifact VALUES ('darts-s1-t0', 1, 'darts-s1-t0/fence-1/3.safetensors', 'darts-s1-t0-3-False', 10, 3, 3, 0, 1795412477109, 3, 0, 0);
INSERT INTO golden.artifact VALUES ('darts-s1-t0', 1, 'darts-s1-t0/fence-1/1-end.safetensors', 'darts-s1-t0-1-True', 10, 1, 1, 1, 1795412477125, 4, 0, 0);
INSERT INTO golden.artifact VALUES ('sgas-es-s2-p00', 1, 'sgas-es-s2-p00/fence-1/1.safetensors', 'sgas-es-s2-p00-1-False', 10, 1, 1, 0, 1795412477135, 1, 0, 0);
INSERT INTO golden.artifact VALUES ('sgas-es-s2-p00', 1, 'sgas-es-s2-p00/fence-1/2.safetensors', 'sgas-es-s2-p00-2-False', 10, 2, 2, 0, 1795412477138, 2, 0, 0);
INSERT INTO golden.artifact VALUES ('sgas-es-s2-p00', 1, 'sgas-es-s2-p00/fence-1/3.safetensors', 'sgas-es-s2-p00-3-False', 10, 3, 3, 0, 1795412477138, 3, 0, 0);
INSERT INTO golden.artifact VALUES ('sgas-es-s2-p00', 1, 'sgas-es-s2-p00/fence-1/3-end.safetensors', 'sgas-es-s2-p00-3-True', 10, 3, 3, 1, 1795412477140, 4, 0, 0);
INSERT INTO golden.artifact VALUES ('sgas-es-s2-p01', 1, 'sgas-es-s2-p01/fence-1/1.safetensors', 'sgas-es-s2-p01-1-False', 10, 1, 1, 0, 1795412477165, 1, 0, 0);
INSERT INTO golden.artifact VALUES ('sgas-es-s2-p01', 1, 'sgas-es-s2-p01/fence-1/2.safetensors', 'sgas-es-s2-p01-2-False', 10, 2, 2, 0, 1795412477166, 2, 0, 0);
INSERT INTO golden.artifact VALUES ('darts-s4-p00', 1, 'darts-s4-p00/fence-1/1.safetensors', 'darts-s4-p00-1-False', 10, 1, 1, 0, 1795412477171, 1, 0, 0);
INSERT INTO golden.attempt VALUES ('darts-s1-p00', 1, 'host/1', 'host/cpu-0', 'host', 1795412477049, 1795412477065, 1795412477085, 0, 'aea96841f93abed0', 'done', NULL, '[]', NULL, NULL, NULL);
INSERT INTO golden.attempt VALUES ('darts-s1-t0', 1, 'host/1', 'host/cpu-0', 'host', 1795412477102, 1795412477106, 1795412477125, 0, 'aea96841f93abed0', 'done', NULL, '[]', NULL, NULL, NULL);
INSERT INTO golden.attempt VALUES ('sgas-es-s2-p00', 1, 'host/1', 'host/cpu-0', 'host', 1795412477128, 1795412477130, 1795412477140, 0, 'aea96841f93abed0', 'done', NULL, '[]', NULL, NULL, NULL);
INSERT INTO golden.attempt VALUES ('sgas-es-s2-p01', 1, 'host/1', 'host/cpu-0', 'host', 1795412477145, 1795412477161, NULL, 0, 'aea96841f93abed0', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO golden.attempt VALUES ('darts-s4-p00', 1, 'host/1', 'host/cpu-0', 'host', 1795412477169, 1795412477170, 1795412477177, 0, 'aea96841f93abed0', 'native-crash', 'the trainer died by signal 11', '["last words"]', NULL, NULL, NULL);
INSERT INTO golden.coordinator VALUES (1, 'host/1', 1795412507005);
INSERT INTO golden.event OVERRIDING SYSTEM VALUE VALUES (1, 'sgas-es-s2-p00', 'decision', 2, 'phase_end', 1, 2, '{"phase":0,"triggered":true,"triggerAfter":2,"returnTo":0}', 1795412477139, 0);
INSERT INTO golden.fingerprint VALUES ('aea96841f93abed0', '{"libtorch":"1.13.1","blas":"openblas","instructionSet":"avx2","threads":1,"elementType":"float32","layout":"nchw","device":"cpu","backend":"NasFarm.Torch"}');
INSERT INTO golden.metric VALUES ('darts-s1-p00', 0, 'train_loss', 1, 0, 1, 0, 0);
INSERT INTO golden.metric VALUES ('darts-s1-p00', 1, 'train_loss', 1, 1, 0.5, 0, 0);
INSERT INTO golden.metric VALUES ('darts-s1-p00', 2, 'train_loss', 1, 2, 0.3333333333333333, 0, 0);
INSERT INTO golden.metric VALUES ('darts-s1-t0', 0, 'train_loss', 1, 0, 1, 0, 0);
INSERT INTO golden.metric VALUES ('darts-s1-t0', 1, 'train_loss', 1, 1, 0.5, 0, 0);
INSERT INTO golden.metric VALUES ('darts-s1-t0', 2, 'train_loss', 1, 2, 0.3333333333333333, 0, 0);
INSERT INTO golden.metric VALUES ('sgas-es-s2-p00', 0, 'train_loss', 1, 0, 1, 0, 0);
INSERT INTO golden.metric VALUES ('sgas-es-s2-p00', 1, 'train_loss', 1, 1, 0.5, 0, 0);
INSERT INTO golden.metric VALUES ('sgas-es-s2-p00', 2, 'train_loss', 1, 2, 0.3333333333333333, 0, 0);
INSERT INTO golden.metric VALUES ('sgas-es-s2-p01', 0, 'train_loss', 1, 0, 1, 0, 0);
INSERT INTO golden.metric VALUES ('sgas-es-s2-p01', 1, 'train_loss', 1, 1, 0.5, 0, 0);
INSERT INTO golden.metric VALUES ('darts-s4-p00', 0, 'train_loss', 1, 0, 1, 0, 0);
INSERT INTO golden.nasfarm_schema VALUES (13);
INSERT INTO golden.placebo_source VALUES ('sgas-es-placebo-s3', 'sgas-es-s2');
INSERT INTO golden.queue VALUES ('golden/cpu/0/', 'golden', 'cpu', 0, '');
INSERT INTO golden.retrain VALUES ('darts-s1-t0', 'darts-s1', 0, '{"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"recipe":"darts","settings":{"epochs":1},"numericsRevision":1}');
INSERT INTO golden.seed_run VALUES ('sgas-es-s2', 'default', 2, '{"tenant":"default","method":"sgas-es","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":2,"dataOrderSeed":2,"placeboSources":[],"generation":0}', '{"device":"cpu","threads":1,"allowNumericsChange":false,"checkpointEveryEpochs":1}', 'cpu', 3, NULL, 1, 'open', NULL, 0, 0, '0.1.0+test', 1795412477011, 'golden/cpu/0/', 1, 0, NULL, NULL, NULL, NULL);
INSERT INTO golden.seed_run VALUES ('sgas-es-placebo-s3', 'default', 3, '{"tenant":"default","method":"sgas-es-placebo","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":3,"dataOrderSeed":3,"placeboSources":["sgas-es-s2"],"generation":0}', '{"device":"cpu","threads":1,"allowNumericsChange":false,"checkpointEveryEpochs":1}', 'cpu', 3, NULL, 2, 'open', NULL, 0, 0, '0.1.0+test', 1795412477011, 'golden/cpu/0/', 1, 0, NULL, NULL, NULL, NULL);
INSERT INTO golden.seed_run VALUES ('darts-s4', 'default', 4, '{"tenant":"default","method":"darts","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":4,"dataOrderSeed":4,"placeboSources":[],"generation":0}', '{"device":"cpu","threads":1,"allowNumericsChange":false,"checkpointEveryEpochs":1}', 'cpu', 3, NULL, 0, 'open', NULL, 0, 0, '0.1.0+test', 1795412477011, 'golden/cpu/0/', 1, 0, NULL, NULL, NULL, NULL);
INSERT INTO golden.seed_run VALUES ('darts-s5', 'default', 5, '{"tenant":"default","method":"darts","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":5,"dataOrderSeed":5,"placeboSources":[],"generation":0}', '{"device":"cpu","threads":1,"allowNumericsChange":false,"checkpointEveryEpochs":1}', 'cpu', 3, NULL, 0, 'open', NULL, 0, 0, '0.1.0+test', 1795412477011, 'golden/cpu/0/', 1, 0, NULL, NULL, NULL, NULL);
INSERT INTO golden.seed_run VALUES ('darts-s1', 'default', 1, '{"tenant":"default","method":"darts","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":1,"dataOrderSeed":1,"placeboSources":[],"generation":0}', '{"device":"cpu","threads":1,"allowNumericsChange":false,"checkpointEveryEpochs":1}', 'cpu', 3, NULL, 0, 'finished', '|nor_conv_3x3~0|', 0, 0, '0.1.0+test', 1795412477011, 'golden/cpu/0/', 1, 1, NULL, NULL, NULL, NULL);
INSERT INTO golden.slot VALUES ('host/cpu-0', 'host/1', 'host', 'cpu', 'test cpu', 1073741824, '[]', 'aea96841f93abed0', 1795412506979, NULL, NULL, 1795412476979);
INSERT INTO golden.slot_trouble VALUES ('host/cpu-0', '["darts-s4"]', 0, '', NULL, NULL);
INSERT INTO golden.slot_use VALUES ('host/cpu-0', 'golden', 'cpu', 1795392000000, 4.072967209043864);
INSERT INTO golden.sweep VALUES ('golden', 'sweep golden', 'default', 'kind: Sweep
', '["darts","sgas-es","sgas-es-placebo"]', '{"primaryA":"sgas-es","primaryB":"sgas-matched","budgetMatch":"none"}', 0, '0.1.0+test', 1795412477011, NULL, 1, 0, NULL, NULL, 0, 0);
INSERT INTO golden.sweep_retrain VALUES ('golden', 'darts-s1-t0', 0);
INSERT INTO golden.sweep_run VALUES ('golden', 'sgas-es-s2', 1, 'sgas-es', 1, NULL, NULL, 0, 'open');
INSERT INTO golden.sweep_run VALUES ('golden', 'darts-s4', 3, 'darts', 1, NULL, NULL, 0, 'open');
INSERT INTO golden.sweep_run VALUES ('golden', 'darts-s5', 4, 'darts', 1, NULL, NULL, 0, 'open');
INSERT INTO golden.sweep_run VALUES ('golden', 'sgas-es-placebo-s3', 2, 'sgas-es-placebo', 1, NULL, NULL, 0, 'open');
INSERT INTO golden.sweep_run VALUES ('golden', 'darts-s1', 0, 'darts', 0, NULL, NULL, 0, 'finished');
INSERT INTO golden.unit VALUES ('darts-s5-p00', 'darts-s5', 'search', 0, 'waiting', NULL, NULL, NULL, 0, NULL, 1795412477011, 'cpu', 5, 0, 0, 0, 0, 1795412477011, '{"unitId":"darts-s5-p00","kind":"search","seedRun":{"tenant":"default","method":"darts","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":5,"dataOrderSeed":5,"placeboSources":[],"generation":0},"phase":0,"retrainSeed":0}', NULL, NULL, NULL, NULL, 'golden/cpu/0/', NULL, NULL, NULL, NULL);
INSERT INTO golden.unit VALUES ('sgas-es-placebo-s3-p00', 'sgas-es-placebo-s3', 'search', 0, 'waiting', 'placebo-sources', NULL, NULL, 0, NULL, 1795412477011, 'cpu', 3, 0, 2, 0, 0, 1795412477011, '{"unitId":"sgas-es-placebo-s3-p00","kind":"search","seedRun":{"tenant":"default","method":"sgas-es-placebo","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":3,"dataOrderSeed":3,"placeboSources":["sgas-es-s2"],"generation":0},"phase":0,"retrainSeed":0}', NULL, NULL, NULL, 'waits for the triggers of 1 of 1 source runs, sgas-es-s2 first', 'golden/cpu/0/', NULL, NULL, NULL, NULL);
INSERT INTO golden.unit VALUES ('darts-s1-p00', 'darts-s1', 'search', 0, 'done', NULL, NULL, NULL, 1, NULL, 1795412477011, 'cpu', 1, 0, 0, 1, 0, 1795412477011, '{"unitId":"darts-s1-p00","kind":"search","seedRun":{"tenant":"default","method":"darts","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":1,"dataOrderSeed":1,"placeboSources":[],"generation":0},"phase":0,"retrainSeed":0}', '{"searchFinished":true,"genotype":"|nor_conv_3x3~0|","epoch":3,"trained":3,"diverged":false}', 'aea96841f93abed0', NULL, NULL, 'golden/cpu/0/', NULL, NULL, NULL, NULL);
INSERT INTO golden.unit VALUES ('darts-s4-p00', 'darts-s4', 'search', 0, 'waiting', NULL, NULL, NULL, 1, NULL, 1795412478177, 'cpu', 4, 0, 0, 1, 1, 1795412477011, '{"unitId":"darts-s4-p00","kind":"search","seedRun":{"tenant":"default","method":"darts","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":4,"dataOrderSeed":4,"placeboSources":[],"generation":0},"phase":0,"retrainSeed":0}', NULL, 'aea96841f93abed0', 'native-crash', 'search phase 0: the trainer died by signal 11; 1 of 3 attempts used', 'golden/cpu/0/', NULL, NULL, NULL, NULL);
INSERT INTO golden.unit VALUES ('sgas-es-s2-p00', 'sgas-es-s2', 'search', 0, 'done', NULL, NULL, NULL, 1, NULL, 1795412477011, 'cpu', 2, 0, 1, 1, 0, 1795412477011, '{"unitId":"sgas-es-s2-p00","kind":"search","seedRun":{"tenant":"default","method":"sgas-es","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":2,"dataOrderSeed":2,"placeboSources":[],"generation":0},"phase":0,"retrainSeed":0}', '{"searchFinished":false,"genotype":"|nor_conv_3x3~0|","epoch":3,"trained":3,"diverged":false}', 'aea96841f93abed0', NULL, NULL, 'golden/cpu/0/', NULL, NULL, NULL, NULL);
INSERT INTO golden.unit VALUES ('sgas-es-s2-p01', 'sgas-es-s2', 'search', 1, 'running', NULL, 'host/1', 'host/cpu-0', 1, 1795412476167, 1795412477140, 'cpu', 2, 1, 1, 1, 0, 1795412477140, '{"unitId":"sgas-es-s2-p01","kind":"search","seedRun":{"tenant":"default","method":"sgas-es","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":2,"dataOrderSeed":2,"placeboSources":[],"generation":0},"phase":1,"retrainSeed":0}', NULL, 'aea96841f93abed0', NULL, NULL, 'golden/cpu/0/', NULL, NULL, NULL, NULL);
INSERT INTO golden.unit VALUES ('darts-s1-t0', 'darts-s1', 'retrain', 0, 'done', NULL, NULL, NULL, 1, NULL, 1795412477085, 'cpu', 1, 1000000, 0, 1, 0, 1795412477085, '{"unitId":"darts-s1-t0","kind":"retrain","seedRun":{"tenant":"default","method":"darts","numericsRevision":1,"hyperparameters":{"epochs":2},"space":{"name":"nas-bench-201","channels":4,"cells":1},"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"noneRule":"excluded","searchSeed":1,"dataOrderSeed":1,"placeboSources":[],"generation":0},"phase":0,"genotype":"|nor_conv_3x3~0|","retrain":{"data":{"name":"fashion-mnist","contentHash":"00","split":"ordered","augment":true},"recipe":"darts","settings":{"epochs":1},"numericsRevision":1},"retrainSeed":0}', '{"testAccuracy":91.5,"bestTestAccuracy":91.6,"parameters":1000,"diverged":false}', 'aea96841f93abed0', NULL, NULL, 'golden/cpu/0/', NULL, NULL, NULL, NULL);
INSERT INTO golden.unit_move OVERRIDING SYSTEM VALUE VALUES (1641, 1, 'darts-s1-p00', 'darts-s1', 'running', 1);
INSERT INTO golden.unit_move OVERRIDING SYSTEM VALUE VALUES (1646, 2, 'darts-s1-p00', 'darts-s1', 'done', 1);
INSERT INTO golden.unit_move OVERRIDING SYSTEM VALUE VALUES (1647, 3, 'darts-s1-t0', 'darts-s1', 'running', 1);
INSERT INTO golden.unit_move OVERRIDING SYSTEM VALUE VALUES (1652, 4, 'darts-s1-t0', 'darts-s1', 'done', 1);
INSERT INTO golden.unit_move OVERRIDING SYSTEM VALUE VALUES (1653, 5, 'sgas-es-s2-p00', 'sgas-es-s2', 'running', 1);
INSERT INTO golden.unit_move OVERRIDING SYSTEM VALUE VALUES (1659, 6, 'sgas-es-s2-p00', 'sgas-es-s2', 'done', 1);
INSERT INTO golden.unit_move OVERRIDING SYSTEM VALUE VALUES (1660, 7, 'sgas-es-s2-p01', 'sgas-es-s2', 'running', 1);
INSERT INTO golden.unit_move OVERRIDING SYSTEM VALUE VALUES (1665, 8, 'darts-s4-p00', 'darts-s4', 'running', 1);
INSERT INTO golden.unit_move OVERRIDING SYSTEM VALUE VALUES (1668, 9, 'darts-s4-p00', 'darts-s4', 'waiting', 1);
SELECT pg_catalog.setval('golden.audit_entry_seq_seq', 1, false);
SELECT pg_catalog.setval('golden.event_seq_seq', 1, true);
SELECT pg_catalog.setval('golden.unit_move_seq_seq', 9, true);
ALTER TABLE ONLY golden.access_token
    ADD CONSTRAINT access_token_pkey PRIMARY KEY (token_id);
ALTER TABLE ONLY golden.artifact
    ADD CONSTRAINT artifact_pkey PRIMARY KEY (unit_id, fence, path);
ALTER TABLE ONLY golden.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (unit_id, fence);
ALTER TABLE ONLY golden.audit_entry
    ADD CONSTRAINT audit_entry_entry_id_key UNIQUE (entry_id);
ALTER TABLE ONLY golden.audit_entry
    ADD CONSTRAINT audit_entry_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY golden.coordinator
    ADD CONSTRAINT coordinator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY golden.cordon
    ADD CONSTRAINT cordon_pkey PRIMARY KEY (place);
ALTER TABLE ONLY golden.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY golden.fingerprint
    ADD CONSTRAINT fingerprint_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY golden.metric
    ADD CONSTRAINT metric_pkey PRIMARY KEY (unit_id, step, name, fence);
ALTER TABLE ONLY golden.operation
    ADD CONSTRAINT operation_pkey PRIMARY KEY (operation_id);
ALTER TABLE ONLY golden.placebo_source
    ADD CONSTRAINT placebo_source_pkey PRIMARY KEY (run_id, source_id);
ALTER TABLE ONLY golden.queue
    ADD CONSTRAINT queue_pkey PRIMARY KEY (queue_id);
ALTER TABLE ONLY golden.retrain
    ADD CONSTRAINT retrain_pkey PRIMARY KEY (retrain_id);
ALTER TABLE ONLY golden.seed_run
    ADD CONSTRAINT seed_run_pkey PRIMARY KEY (run_id);
ALTER TABLE ONLY golden.slot
    ADD CONSTRAINT slot_pkey PRIMARY KEY (slot_id);
ALTER TABLE ONLY golden.slot_trouble
    ADD CONSTRAINT slot_trouble_pkey PRIMARY KEY (place);
ALTER TABLE ONLY golden.slot_use
    ADD CONSTRAINT slot_use_pkey PRIMARY KEY (slot_id, sweep_id, device, landmark);
ALTER TABLE ONLY golden.sweep_notice
    ADD CONSTRAINT sweep_notice_pkey PRIMARY KEY (sweep_id);
ALTER TABLE ONLY golden.sweep
    ADD CONSTRAINT sweep_pkey PRIMARY KEY (sweep_id);
ALTER TABLE ONLY golden.sweep_retrain
    ADD CONSTRAINT sweep_retrain_pkey PRIMARY KEY (sweep_id, retrain_id);
ALTER TABLE ONLY golden.sweep_run
    ADD CONSTRAINT sweep_run_pkey PRIMARY KEY (sweep_id, run_id);
ALTER TABLE ONLY golden.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (tenant);
ALTER TABLE ONLY golden.unit_move_forgotten
    ADD CONSTRAINT unit_move_forgotten_pkey PRIMARY KEY (id);
ALTER TABLE ONLY golden.unit_move
    ADD CONSTRAINT unit_move_pkey PRIMARY KEY (writer, seq);
ALTER TABLE ONLY golden.unit
    ADD CONSTRAINT unit_pkey PRIMARY KEY (unit_id);
CREATE INDEX artifact_kept ON golden.artifact USING btree (path) WHERE ((collected = 0) AND (void = 0));
CREATE INDEX audit_entry_tenant ON golden.audit_entry USING btree (tenant, seq);
CREATE INDEX event_by_unit ON golden.event USING btree (unit_id, seq);
CREATE UNIQUE INDEX event_decision ON golden.event USING btree (unit_id, step, name, fence) WHERE (kind = 'decision'::text);
CREATE INDEX placebo_source_by_source ON golden.placebo_source USING btree (source_id);
CREATE INDEX queue_by_sweep ON golden.queue USING btree (sweep_id);
CREATE INDEX retrain_by_run ON golden.retrain USING btree (run_id);
CREATE INDEX seed_run_undigested ON golden.seed_run USING btree (run_id) WHERE ((search_state = 'finished'::text) AND (digest IS NULL));
CREATE INDEX sweep_retrain_by_retrain ON golden.sweep_retrain USING btree (retrain_id);
CREATE INDEX sweep_run_by_run ON golden.sweep_run USING btree (run_id);
CREATE INDEX sweep_run_by_state ON golden.sweep_run USING btree (sweep_id, state, "position");
CREATE INDEX unit_by_run ON golden.unit USING btree (run_id, kind, phase);
CREATE INDEX unit_done ON golden.unit USING btree (queue, seed, progress DESC, arm_order, enqueued_at, unit_id) WHERE (state = 'done'::text);
CREATE INDEX unit_quarantined ON golden.unit USING btree (unit_id) WHERE (reason = 'quarantined'::text);
CREATE INDEX unit_queue ON golden.unit USING btree (queue, seed, progress DESC, arm_order, enqueued_at, unit_id) WHERE (state = 'waiting'::text);
CREATE INDEX unit_running ON golden.unit USING btree (unit_id) WHERE (state = 'running'::text);
CREATE INDEX unit_undigested ON golden.unit USING btree (unit_id) WHERE ((kind = 'retrain'::text) AND (state = 'done'::text) AND (trained_seconds IS NULL));
CREATE TRIGGER seed_run_moves AFTER UPDATE OF search_state, diverged ON golden.seed_run FOR EACH ROW WHEN (((new.search_state <> old.search_state) OR (new.diverged <> old.diverged))) EXECUTE FUNCTION golden.follow_run();
CREATE TRIGGER sweep_moves AFTER UPDATE OF cancelled_at, look, looks_taken ON golden.sweep FOR EACH ROW WHEN (((new.cancelled_at IS DISTINCT FROM old.cancelled_at) OR (new.look <> old.look) OR (new.looks_taken <> old.looks_taken))) EXECUTE FUNCTION golden.follow_sweep();
CREATE TRIGGER sweep_run_moves AFTER UPDATE OF cancelled_at, look ON golden.sweep_run FOR EACH ROW WHEN (((new.cancelled_at IS DISTINCT FROM old.cancelled_at) OR (new.look <> old.look))) EXECUTE FUNCTION golden.follow_run();
CREATE TRIGGER unit_follows AFTER INSERT ON golden.unit FOR EACH ROW WHEN ((new.kind = 'retrain'::text)) EXECUTE FUNCTION golden.follow_run();
CREATE TRIGGER unit_moves AFTER UPDATE OF state ON golden.unit FOR EACH ROW WHEN (((new.state <> old.state) AND (NOT ((new.state = ANY (ARRAY['waiting'::text, 'running'::text])) AND (old.state = ANY (ARRAY['waiting'::text, 'running'::text])))) AND (NOT ((new.kind = 'search'::text) AND (new.state = 'done'::text))))) EXECUTE FUNCTION golden.follow_run();
CREATE TRIGGER unit_tells AFTER UPDATE OF state ON golden.unit FOR EACH ROW WHEN ((new.state <> old.state)) EXECUTE FUNCTION golden.tell_unit();
ALTER TABLE ONLY golden.artifact
    ADD CONSTRAINT artifact_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES golden.unit(unit_id);
ALTER TABLE ONLY golden.attempt
    ADD CONSTRAINT attempt_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES golden.unit(unit_id);
ALTER TABLE ONLY golden.event
    ADD CONSTRAINT event_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES golden.unit(unit_id);
ALTER TABLE ONLY golden.placebo_source
    ADD CONSTRAINT placebo_source_run_id_fkey FOREIGN KEY (run_id) REFERENCES golden.seed_run(run_id);
ALTER TABLE ONLY golden.placebo_source
    ADD CONSTRAINT placebo_source_source_id_fkey FOREIGN KEY (source_id) REFERENCES golden.seed_run(run_id);
ALTER TABLE ONLY golden.queue
    ADD CONSTRAINT queue_sweep_id_fkey FOREIGN KEY (sweep_id) REFERENCES golden.sweep(sweep_id);
ALTER TABLE ONLY golden.retrain
    ADD CONSTRAINT retrain_run_id_fkey FOREIGN KEY (run_id) REFERENCES golden.seed_run(run_id);
ALTER TABLE ONLY golden.sweep_retrain
    ADD CONSTRAINT sweep_retrain_retrain_id_fkey FOREIGN KEY (retrain_id) REFERENCES golden.retrain(retrain_id);
ALTER TABLE ONLY golden.sweep_retrain
    ADD CONSTRAINT sweep_retrain_sweep_id_fkey FOREIGN KEY (sweep_id) REFERENCES golden.sweep(sweep_id);
ALTER TABLE ONLY golden.sweep_run
    ADD CONSTRAINT sweep_run_run_id_fkey FOREIGN KEY (run_id) REFERENCES golden.seed_run(run_id);
ALTER TABLE ONLY golden.sweep_run
    ADD CONSTRAINT sweep_run_sweep_id_fkey FOREIGN KEY (sweep_id) REFERENCES golden.sweep(sweep_id);
ALTER TABLE ONLY golden.unit
    ADD CONSTRAINT unit_run_id_fkey FOREIGN KEY (run_id) REFERENCES golden.seed_run(run_id);
