-- Where Orleans keeps who is in a cluster and what grains remember. Its provider asks the database for its statements, by key, and
-- passes their parameters by name; tables and statements are ours. There are no functions: each statement that compares and changes
-- does both by itself, whatever the settings of the server. Written for READ COMMITTED, the default.
CREATE TABLE orleansquery (
  querykey  TEXT COLLATE "C" PRIMARY KEY,
  querytext TEXT NOT NULL
);

-- A cluster; every change of its members but a heartbeat moves the version.
CREATE TABLE orleans_cluster (
  cluster_id TEXT COLLATE "C" PRIMARY KEY,
  version    INTEGER NOT NULL
);

-- A silo that is or was in a cluster: status 3 is active, 6 is dead. Who suspects it, and when, is a text of Orleans'.
CREATE TABLE orleans_member (
  cluster_id    TEXT COLLATE "C" NOT NULL REFERENCES orleans_cluster ON DELETE CASCADE,
  address       TEXT COLLATE "C" NOT NULL,
  port          INTEGER NOT NULL,
  generation    INTEGER NOT NULL,
  silo_name     TEXT NOT NULL,
  host_name     TEXT NOT NULL,
  status        INTEGER NOT NULL,
  proxy_port    INTEGER NOT NULL,
  suspect_times TEXT,
  started_at    TIMESTAMPTZ NOT NULL,
  alive_at      TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (cluster_id, address, port, generation)
);

-- What a grain remembers; no payload: it was cleared. Orleans splits the key of a grain into two numbers and a text that may be absent.
-- The extension is '' without a text and '+' before one, so that a primary key can tell them apart. The key '0+x' splits as 'x' does:
-- only the hash of the whole tells these two.
CREATE TABLE orleans_state (
  service_id  TEXT COLLATE "C" NOT NULL,
  grain_type  TEXT COLLATE "C" NOT NULL,
  key_high    BIGINT NOT NULL,
  key_low     BIGINT NOT NULL,
  extension   TEXT COLLATE "C" NOT NULL,
  key_hash    INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  payload     BYTEA,
  modified_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (service_id, grain_type, key_high, key_low, extension, key_hash)
);

INSERT INTO orleansquery (querykey, querytext) VALUES

-- Answers whether it made the row.
('InsertMembershipVersionKey', $sql$
WITH made AS (
  INSERT INTO orleans_cluster (cluster_id, version) VALUES (@DeploymentId, 0)
  ON CONFLICT DO NOTHING
  RETURNING cluster_id)
SELECT EXISTS (SELECT FROM made)
$sql$),

-- Every insertion moves the version, so a version that has not moved proves that the look at the members is not out of date.
('InsertMembershipKey', $sql$
WITH moved AS (
  UPDATE orleans_cluster SET version = version + 1
  WHERE cluster_id = @DeploymentId AND version = @Version
    AND NOT EXISTS (
      SELECT FROM orleans_member
      WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
  RETURNING cluster_id),
made AS (
  INSERT INTO orleans_member (cluster_id, address, port, generation, silo_name, host_name, status, proxy_port, started_at, alive_at)
  SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved
  RETURNING cluster_id)
SELECT EXISTS (SELECT FROM made)
$sql$),

-- The member is locked before the version moves: it cannot be cleaned up in between.
('UpdateMembershipKey', $sql$
WITH present AS (
  SELECT cluster_id FROM orleans_member
  WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
  FOR NO KEY UPDATE),
moved AS (
  UPDATE orleans_cluster SET version = version + 1
  WHERE cluster_id = @DeploymentId AND version = @Version AND EXISTS (SELECT FROM present)
  RETURNING cluster_id),
changed AS (
  UPDATE orleans_member SET status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime
  FROM moved
  WHERE orleans_member.cluster_id = moved.cluster_id AND address = @Address AND port = @Port AND generation = @Generation
  RETURNING moved.cluster_id)
SELECT EXISTS (SELECT FROM changed)
$sql$),

('UpdateIAmAlivetimeKey', $sql$
UPDATE orleans_member SET alive_at = @IAmAliveTime
WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$sql$),

-- A cluster without that member is one row without a start.
('MembershipReadRowKey', $sql$
SELECT c.version AS Version, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName,
  m.host_name AS HostName, m.status AS Status, m.proxy_port AS ProxyPort, m.suspect_times AS SuspectTimes,
  m.started_at AS StartTime, m.alive_at AS IAmAliveTime
FROM orleans_cluster c LEFT JOIN orleans_member m
  ON m.cluster_id = c.cluster_id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
WHERE c.cluster_id = @DeploymentId
$sql$),

('MembershipReadAllKey', $sql$
SELECT c.version AS Version, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName,
  m.host_name AS HostName, m.status AS Status, m.proxy_port AS ProxyPort, m.suspect_times AS SuspectTimes,
  m.started_at AS StartTime, m.alive_at AS IAmAliveTime
FROM orleans_cluster c LEFT JOIN orleans_member m ON m.cluster_id = c.cluster_id
WHERE c.cluster_id = @DeploymentId
$sql$),

-- The provider asks for the active ones.
('GatewaysQueryKey', $sql$
SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation
FROM orleans_member
WHERE cluster_id = @DeploymentId AND status = @Status AND proxy_port > 0
$sql$),

-- Members first, as an update locks them; one that joins meanwhile goes with its cluster.
('DeleteMembershipTableEntriesKey', $sql$
DELETE FROM orleans_member WHERE cluster_id = @DeploymentId;
DELETE FROM orleans_cluster WHERE cluster_id = @DeploymentId
$sql$),

-- For a provider that does not look at the rows itself.
('CleanupDefunctSiloEntriesKey', $sql$
DELETE FROM orleans_member
WHERE cluster_id = @DeploymentId AND status = 6 AND started_at < @IAmAliveTime AND alive_at < @IAmAliveTime
$sql$),

-- For one that does: the row goes if it is still as it was read. An empty text is read as none.
('CleanupDefunctSiloEntryKey', $sql$
DELETE FROM orleans_member
WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
  AND status = 6 AND started_at = @StartTime AND alive_at = @IAmAliveTime
  AND COALESCE(suspect_times, '') = COALESCE(@SuspectTimes, '')
$sql$),

('ReadFromStorageKey', $sql$
SELECT payload AS PayloadBinary, version AS Version
FROM orleans_state
WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_high = @GrainIdN0 AND key_low = @GrainIdN1
  AND extension = COALESCE('+' || @GrainIdExtensionString, '') AND key_hash = @GrainIdHash
$sql$),

-- The first write has no version to name. It begins at a random one: were it always 1, then a version held since before a deletion could
-- equal that of the row made after it. No row in the answer: another was faster.
('WriteToStorageKey', $sql$
WITH first_write AS (
  INSERT INTO orleans_state (service_id, grain_type, key_high, key_low, extension, key_hash, version, payload)
  SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, COALESCE('+' || @GrainIdExtensionString, ''), @GrainIdHash,
    1 + floor(random() * 1000000000)::INTEGER, @PayloadBinary
  WHERE @GrainStateVersion IS NULL
  ON CONFLICT DO NOTHING
  RETURNING version),
later_write AS (
  UPDATE orleans_state SET payload = @PayloadBinary, version = version + 1, modified_at = now()
  WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_high = @GrainIdN0 AND key_low = @GrainIdN1
    AND extension = COALESCE('+' || @GrainIdExtensionString, '') AND key_hash = @GrainIdHash AND version = @GrainStateVersion
  RETURNING version)
SELECT version AS NewGrainStateVersion FROM first_write
UNION ALL
SELECT version FROM later_write
$sql$),

('ClearStorageKey', $sql$
UPDATE orleans_state SET payload = NULL, version = version + 1, modified_at = now()
WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_high = @GrainIdN0 AND key_low = @GrainIdN1
  AND extension = COALESCE('+' || @GrainIdExtensionString, '') AND key_hash = @GrainIdHash AND version = @GrainStateVersion
RETURNING version AS NewGrainStateVersion
$sql$),

-- The provider wants to see another version than the one it named.
('DeleteStorageKey', $sql$
DELETE FROM orleans_state
WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_high = @GrainIdN0 AND key_low = @GrainIdN1
  AND extension = COALESCE('+' || @GrainIdExtensionString, '') AND key_hash = @GrainIdHash AND version = @GrainStateVersion
RETURNING version + 1 AS NewGrainStateVersion
$sql$);
