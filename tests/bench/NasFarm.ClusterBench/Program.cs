using NasFarm.Bench;

// One measurement a process, one line of JSON.
return args switch
{
    ["scale", .. var rest] => await Scale.RunAsync(ScaleOptions.Parse(rest)),
    ["silo", var folder, var seconds, var phases] => await BenchSilo.RunAsync(folder, double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture), int.Parse(phases, System.Globalization.CultureInfo.InvariantCulture)),
    _ => ScaleOptions.Usage(),
};
