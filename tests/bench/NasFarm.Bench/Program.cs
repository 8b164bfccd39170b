using NasFarm.Bench;

// One measurement a process, one line of JSON: eng/bench.py pairs these with the same measurements of eager PyTorch.
return args switch
{
    ["search-step", .. var rest] => SearchStep.Run(BenchOptions.Parse(rest)),
    ["lambda-max", .. var rest] => LambdaMaxCost.Run(BenchOptions.Parse(rest)),
    ["store", .. var rest] => await StoreRate.RunAsync(StoreRateOptions.Parse(rest)),
    _ => BenchOptions.Usage(),
};
