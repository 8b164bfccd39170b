using NasFarm.Farm.Telemetry;
using static NasFarm.Grafana.Promql;
using static NasFarm.Grafana.Query;
using static NasFarm.Grafana.Shape;

namespace NasFarm.Grafana;

/// <summary>One sweep, run by run: what metrics may not name, the store does.</summary>
public static class SweepBoard
{
    private const string InSweep = "x.sweep_id = ${sweep:sqlstring}";

    /// <summary>Method × seed, variance, trajectories.</summary>
    public static Board Sweep { get; } = new("nasfarm-sweep", "Sweep", "One sweep by method and seed: results, their spread, and how searches went. The comparison with its statistics is the report (`nasfarm compare`).",
    [
        new("sweep", "Sweep", Source.Postgres, "SELECT name || ' (' || left(sweep_id, 8) || ')' AS __text, sweep_id AS __value FROM sweep ORDER BY accepted_at DESC", Many: false),
    ],
    [
        new("Results",
            new Panel("Runs by state", "Where the runs of the sweep stand.", Stat, "none", Sql($"SELECT x.state AS metric, COUNT(*) AS runs FROM sweep_run x WHERE {InSweep} GROUP BY x.state ORDER BY x.state")) { Width = 6 },
            new Panel("Method × seed", "Test accuracy in percent of every run's retrained networks (their mean), or where the run stands.", Table, "none", Sql(
                $"""
                SELECT x.arm, r.seed, x.state, r.diverged = 1 AS diverged,
                       AVG((u.outcome::json ->> 'testAccuracy')::double precision) AS test_accuracy, COUNT(u.unit_id) AS retrained
                  FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id
                  LEFT JOIN sweep_retrain w ON w.sweep_id = x.sweep_id AND w.retrain_id IN (SELECT t.retrain_id FROM retrain t WHERE t.run_id = x.run_id)
                  LEFT JOIN unit u ON u.unit_id = w.retrain_id AND u.state = 'done'
                 WHERE {InSweep} GROUP BY x.arm, r.seed, x.state, r.diverged, x.position ORDER BY x.position
                """)) { Width = 18 },
            new Panel("Spread over seeds", "Of the runs' mean test accuracies: number, mean, standard deviation, worst and best, by arm.", Table, "none", Sql(
                $"""
                SELECT arm, COUNT(score) AS runs, AVG(score) AS mean, STDDEV_SAMP(score) AS standard_deviation, MIN(score) AS worst, MAX(score) AS best FROM (
                  SELECT x.arm, x.run_id, AVG((u.outcome::json ->> 'testAccuracy')::double precision) AS score
                    FROM sweep_run x JOIN retrain t ON t.run_id = x.run_id
                    JOIN sweep_retrain w ON w.sweep_id = x.sweep_id AND w.retrain_id = t.retrain_id
                    JOIN unit u ON u.unit_id = t.retrain_id AND u.state = 'done'
                   WHERE {InSweep} GROUP BY x.arm, x.run_id) AS scores
                 GROUP BY arm ORDER BY arm
                """)) { Width = 12 },
            new Panel("Cost by arm", "Hours of slots, attempts, and attempts without a result, by arm.", Table, "none", Sql(
                $"""
                SELECT x.arm, SUM(COALESCE(a.ended_at, (EXTRACT(EPOCH FROM now()) * 1000)::bigint) - a.claimed_at) / 3600000.0 AS slot_hours, COUNT(*) AS attempts,
                       COUNT(*) FILTER (WHERE a.ending <> 'done') AS without_result
                  FROM sweep_run x JOIN unit u ON u.run_id = x.run_id JOIN attempt a ON a.unit_id = u.unit_id
                 WHERE {InSweep} GROUP BY x.arm ORDER BY x.arm
                """)) { Width = 12 }),
        new("Trajectories",
            new Panel("λmax", "Largest eigenvalue of the validation loss' Hessian by trained epoch: the mean of each arm over its seeds.", Trend, "none", Sql(Trajectory("lambda_max"))) { Width = 12 },
            new Panel("Training loss", "By trained epoch: the mean of each arm over its seeds.", Trend, "none", Sql(Trajectory("train_loss"))) { Width = 12 },
            new Panel("Last epochs of every run", "Where each search is: trained epochs, its last λmax, and what it waits for.", Table, "none", Sql(
                $"""
                SELECT x.arm, r.seed, MAX(m.step) + 1 AS trained_epochs, (ARRAY_AGG(m.value ORDER BY m.step DESC) FILTER (WHERE m.name = 'lambda_max'))[1] AS last_lambda_max,
                       (SELECT COALESCE(v.reason_text, v.state) FROM unit v WHERE v.run_id = x.run_id AND v.state <> 'done' ORDER BY v.progress LIMIT 1) AS now
                  FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id JOIN unit u ON u.run_id = x.run_id AND u.kind = 'search'
                  JOIN metric m ON m.unit_id = u.unit_id AND m.void = 0
                 WHERE {InSweep} GROUP BY x.arm, r.seed, x.run_id, x.position ORDER BY x.position
                """)) { Width = 24 }),
        new("Trouble",
            new Panel("Attempts without a result", "The newest fifty: where, why, and how much of a slot's time they had in seconds.", Table, "none", Sql(
                $"""
                SELECT to_timestamp(a.ended_at / 1000.0) AS ended, x.arm, r.seed, u.kind, a.slot_id, a.ending, a.message, (a.ended_at - a.claimed_at) / 1000.0 AS seconds
                  FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id JOIN unit u ON u.run_id = x.run_id JOIN attempt a ON a.unit_id = u.unit_id
                 WHERE {InSweep} AND a.ending IS NOT NULL AND a.ending <> 'done' ORDER BY a.ended_at DESC LIMIT 50
                """)) { Width = 24, Runbook = "leases-expire" }),
        new("All sweeps",
            new Panel("λmax by method", "Of all searches of the farm: the middle value, and the largest twentieth.", TimeSeries, "none",
                Prom(Quantile(0.5, MetricCatalog.LambdaMax, "method"), "{{method}}, median"), Prom(Quantile(0.95, MetricCatalog.LambdaMax, "method"), "{{method}}, 95 %")) { Width = 12 },
            new Panel("Time of an epoch by method", "Of all searches of the farm, the middle value.", TimeSeries, "s",
                Prom(Quantile(0.5, MetricCatalog.EpochTime, "method", "{kind=\"search\"}"), "{{method}}")) { Width = 12 }),
    ]);

    private static string Trajectory(string metric) =>
        $"""
        SELECT m.step AS epoch, x.arm AS metric, AVG(m.value) AS mean
          FROM sweep_run x JOIN unit u ON u.run_id = x.run_id AND u.kind = 'search' JOIN metric m ON m.unit_id = u.unit_id
         WHERE {InSweep} AND m.name = '{metric}' AND m.void = 0 GROUP BY m.step, x.arm ORDER BY m.step, x.arm
        """;
}
