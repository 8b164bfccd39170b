using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NasFarm.Grafana;

/// <summary>A board as Grafana reads it.</summary>
public static class BoardJson
{
    /// <summary>Schema of Grafana 10.4 and later, which read it without a migration.</summary>
    private const int SchemaVersion = 39;

    private const int Height = 8;

    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <summary>The file.</summary>
    public static string Text(Board board)
    {
        var (panels, id, y) = (new JsonArray(), 0, 0);
        foreach (var row in board.Rows)
        {
            panels.Add(new JsonObject { ["id"] = ++id, ["type"] = "row", ["title"] = row.Title, ["collapsed"] = false, ["gridPos"] = Place(0, y++, 24, 1), ["panels"] = new JsonArray() });
            var x = 0;
            foreach (var panel in row.Panels)
            {
                if (x + panel.Width > 24)
                    (x, y) = (0, y + Height);
                panels.Add(Json(panel, ++id, x, y));
                x += panel.Width;
            }
            y += Height;
        }
        return new JsonObject
        {
            ["uid"] = board.Uid, ["title"] = board.Title, ["description"] = board.Description, ["tags"] = new JsonArray("nasfarm"),
            ["schemaVersion"] = SchemaVersion, ["version"] = 1, ["editable"] = true, ["graphTooltip"] = 1, ["refresh"] = "30s", ["timezone"] = "browser",
            ["time"] = new JsonObject { ["from"] = "now-6h", ["to"] = "now" },
            ["templating"] = new JsonObject { ["list"] = Variables(board) },
            ["links"] = new JsonArray(new JsonObject { ["type"] = "dashboards", ["title"] = "NasFarm", ["tags"] = new JsonArray("nasfarm"), ["asDropdown"] = true, ["keepTime"] = true }),
            ["annotations"] = new JsonObject { ["list"] = new JsonArray() },
            ["panels"] = panels,
        }.ToJsonString(Pretty) + "\n";
    }

    private static JsonObject Json(Panel panel, int id, int x, int y)
    {
        var source = panel.Queries[0].Source;
        var json = new JsonObject
        {
            ["id"] = id, ["type"] = panel.Shape.ToString().ToLowerInvariant(), ["title"] = panel.Title, ["description"] = panel.Description,
            ["datasource"] = DataSource(source), ["gridPos"] = Place(x, y, panel.Width, Height),
            ["fieldConfig"] = new JsonObject { ["defaults"] = Defaults(panel), ["overrides"] = new JsonArray() },
            ["options"] = Options(panel),
            ["targets"] = new JsonArray([.. panel.Queries.Select((query, i) => Json(query, panel.Shape, $"{(char)('A' + i)}"))]),
        };
        if (panel.Shape == Shape.Trend)
            json["transformations"] = WideByMetric();
        if (panel.Runbook is { } runbook)
            json["links"] = new JsonArray(new JsonObject { ["title"] = "What to do", ["url"] = $"${{runbooks}}/{runbook}.md", ["targetBlank"] = true });
        return json;
    }

    /// <summary>Rows of several lines become a column for each, beside the first.</summary>
    private static JsonArray WideByMetric() =>
    [
        new JsonObject { ["id"] = "partitionByValues", ["options"] = new JsonObject { ["fields"] = new JsonArray("metric"), ["keepFields"] = false } },
        new JsonObject { ["id"] = "joinByField", ["options"] = new JsonObject { ["byField"] = "epoch", ["mode"] = "outer" } },
    ];

    private static JsonObject Defaults(Panel panel)
    {
        var defaults = new JsonObject { ["unit"] = panel.Unit };
        if (panel.Shape is Shape.TimeSeries or Shape.Trend)
        {
            defaults["min"] = 0;
            defaults["custom"] = new JsonObject
            {
                ["drawStyle"] = "line", ["fillOpacity"] = panel.Stacked ? 25 : 5, ["lineWidth"] = 1, ["showPoints"] = panel.Shape == Shape.Trend ? "auto" : "never",
                ["stacking"] = new JsonObject { ["mode"] = panel.Stacked ? "normal" : "none" },
            };
        }
        return defaults;
    }

    private static JsonObject Options(Panel panel) => panel.Shape switch
    {
        Shape.Stat => new() { ["reduceOptions"] = new JsonObject { ["values"] = panel.Queries[0].Source == Source.Postgres, ["calcs"] = new JsonArray("lastNotNull") }, ["colorMode"] = "value", ["graphMode"] = "area" },
        Shape.Table => new() { ["showHeader"] = true },
        _ => new()
        {
            ["legend"] = new JsonObject { ["displayMode"] = "list", ["placement"] = "bottom" }, ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" },
        },
    };

    private static JsonObject Json(Query query, Shape shape, string refId) => query.Source == Source.Postgres
        ? new() { ["refId"] = refId, ["datasource"] = DataSource(query.Source), ["rawSql"] = query.Text, ["rawQuery"] = true, ["editorMode"] = "code", ["format"] = "table" }
        : new()
        {
            ["refId"] = refId, ["datasource"] = DataSource(query.Source), ["expr"] = query.Text, ["legendFormat"] = query.Legend, ["editorMode"] = "code",
            ["instant"] = shape is Shape.Stat or Shape.Table, ["range"] = shape is not (Shape.Stat or Shape.Table),
            ["format"] = shape == Shape.Table ? "table" : "time_series",
        };

    private static JsonArray Variables(Board board)
    {
        var list = new JsonArray
        {
            new JsonObject { ["name"] = "prometheus", ["label"] = "Prometheus", ["type"] = "datasource", ["query"] = "prometheus", ["hide"] = 0 },
        };
        if (board.Panels.SelectMany(panel => panel.Queries).Any(query => query.Source == Source.Postgres))
            list.Add(new JsonObject { ["name"] = "postgres", ["label"] = "Store", ["type"] = "datasource", ["query"] = "grafana-postgresql-datasource", ["hide"] = 0 });
        foreach (var variable in board.Variables)
        {
            list.Add(new JsonObject
            {
                ["name"] = variable.Name, ["label"] = variable.Label, ["type"] = "query", ["datasource"] = DataSource(variable.Source),
                ["query"] = variable.Source == Source.Postgres ? variable.Query : new JsonObject { ["query"] = variable.Query, ["refId"] = variable.Name },
                ["definition"] = variable.Query, ["refresh"] = 2, ["multi"] = variable.Many, ["includeAll"] = variable.Many, ["sort"] = 0,
            });
        }
        // Where the pages of docs/runbooks are to be read; a chart or a person sets it.
        list.Add(new JsonObject { ["name"] = "runbooks", ["label"] = "Runbooks", ["type"] = "textbox", ["query"] = "docs/runbooks", ["hide"] = 2 });
        return list;
    }

    private static JsonObject DataSource(Source source) => source == Source.Postgres
        ? new() { ["type"] = "grafana-postgresql-datasource", ["uid"] = "${postgres}" }
        : new() { ["type"] = "prometheus", ["uid"] = "${prometheus}" };

    private static JsonObject Place(int x, int y, int width, int height) => new() { ["x"] = x, ["y"] = y, ["w"] = width, ["h"] = height };
}
