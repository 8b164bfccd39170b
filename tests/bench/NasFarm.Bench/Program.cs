using NasFarm.Bench;

// One measurement a process, one line of JSON.
return args switch
{
    ["search-step", .. var rest] => SearchStep.Run(BenchOptions.Parse(rest)),
    ["lambda-max", .. var rest] => LambdaMaxCost.Run(BenchOptions.Parse(rest)),
    ["orchestration", .. var rest] => await Orchestration.RunAsync(OrchestrationOptions.Parse(rest)),
    ["sleeping-trainer", .. var rest] => await SleepingTrainer.RunAsync(rest),
    ["metric-streams", .. var rest] => await MetricStreams.RunAsync(MetricStreamsOptions.Parse(rest)),
    ["stream-generator", .. var rest] => await StreamGenerator.RunAsync(rest),
    ["store", .. var rest] => await StoreRate.RunAsync(StoreRateOptions.Parse(rest)),
    ["compare", .. var rest] => await CompareRate.RunAsync(CompareRateOptions.Parse(rest)),
    ["telemetry", .. var rest] => await TelemetryCost.RunAsync(TelemetryCostOptions.Parse(rest)),
    ["pages", .. var rest] => await PageRate.RunAsync(PageRateOptions.Parse(rest)),
    _ => BenchOptions.Usage(),
};
