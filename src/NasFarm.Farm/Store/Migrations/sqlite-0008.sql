-- The rule of sqlite-0007 in words that are looked at once: what is left to do stood in three conditions, and a database works each out by itself.

DROP VIEW sweep_run_now;
CREATE VIEW sweep_run_now AS
SELECT sweep_id, run_id,
       CASE WHEN run_cancelled = 1 THEN 'cancelled'
            WHEN complete = 1 THEN 'finished'
            ELSE CASE left_to_do
                   WHEN 2 THEN CASE unneeded WHEN 1 THEN 'cancelled' ELSE 'open' END
                   WHEN 1 THEN 'failed'
                   ELSE 'cancelled' END END AS state
  FROM (
    SELECT x.sweep_id, x.run_id,
           CASE WHEN x.cancelled_at IS NULL THEN 0 ELSE 1 END AS run_cancelled,
           CASE WHEN s.cancelled_at IS NOT NULL OR (x.look > s.look AND s.looks_taken = s.look) THEN 1 ELSE 0 END AS unneeded,
           CASE WHEN r.search_state = 'finished' AND (r.diverged = 1 OR NOT EXISTS (
             SELECT 1 FROM retrain t
              WHERE t.run_id = x.run_id AND EXISTS (SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = x.sweep_id AND w.retrain_id = t.retrain_id)
                AND NOT EXISTS (SELECT 1 FROM unit d WHERE d.unit_id = t.retrain_id AND d.state = 'done'))) THEN 1 ELSE 0 END AS complete,
           (SELECT MAX(CASE WHEN u.state IN ('waiting', 'running') THEN 2 WHEN u.state = 'failed' THEN 1 ELSE 0 END) FROM unit u
             WHERE u.run_id = x.run_id
               AND (u.kind = 'search' OR EXISTS (SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = x.sweep_id AND w.retrain_id = u.unit_id))) AS left_to_do
      FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id JOIN seed_run r ON r.run_id = x.run_id) AS facts;
