namespace NasFarm.Grafana;

/// <summary>How a panel shows its answer.</summary>
public enum Shape
{
    /// <summary>One number, or a few, of now.</summary>
    Stat,

    /// <summary>Lines over time.</summary>
    TimeSeries,

    /// <summary>Rows.</summary>
    Table,

    /// <summary>Lines over a first column that is no time.</summary>
    Trend,
}

/// <summary>A board.</summary>
/// <param name="Uid">Stable: links and bookmarks hold it.</param>
/// <param name="Title">For people.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Variables">Besides the data sources.</param>
/// <param name="Rows">From top to bottom.</param>
public sealed record Board(string Uid, string Title, string Description, IReadOnlyList<Variable> Variables, IReadOnlyList<Row> Rows)
{
    /// <summary>Every panel.</summary>
    public IEnumerable<Panel> Panels => Rows.SelectMany(row => row.Panels);
}

/// <summary>A choice at the head of a board.</summary>
/// <param name="Name">As queries name it.</param>
/// <param name="Label">For people.</param>
/// <param name="Source">Where its values come from.</param>
/// <param name="Query">That lists them.</param>
/// <param name="Many">Several may be chosen, and all.</param>
public sealed record Variable(string Name, string Label, Source Source, string Query, bool Many);

/// <summary>Whom a query asks.</summary>
public enum Source
{
    /// <summary>Metrics: the variable <c>prometheus</c>.</summary>
    Prometheus,

    /// <summary>The store: the variable <c>postgres</c>.</summary>
    Postgres,
}

/// <summary>Panels that belong together.</summary>
public sealed record Row(string Title, params Panel[] Panels);

/// <summary>A panel.</summary>
/// <param name="Title">For people.</param>
/// <param name="Description">What it shows, and what to make of it.</param>
/// <param name="Shape">How.</param>
/// <param name="Unit">Grafana's id of the unit.</param>
/// <param name="Queries">Its data.</param>
public sealed record Panel(string Title, string Description, Shape Shape, string Unit, params Query[] Queries)
{
    /// <summary>Of 24 columns.</summary>
    public int Width { get; init; } = 8;

    /// <summary>Name of the page in docs/runbooks that says what to do; null: none.</summary>
    public string? Runbook { get; init; }

    /// <summary>Lines are stacked.</summary>
    public bool Stacked { get; init; }
}

/// <summary>A query.</summary>
/// <param name="Source">Whom it asks.</param>
/// <param name="Text">In PromQL, or in SQL.</param>
/// <param name="Legend">Of its lines.</param>
public sealed record Query(Source Source, string Text, string Legend = "")
{
    /// <summary>In PromQL.</summary>
    public static Query Prom(string text, string legend = "") => new(Source.Prometheus, text, legend);

    /// <summary>In SQL.</summary>
    public static Query Sql(string text) => new(Source.Postgres, text);
}
