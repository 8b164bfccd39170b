namespace NasFarm.Farm.Plans;

/// <summary>How to plan.</summary>
/// <param name="Generation">0, or a number that makes every seed-run new although its science is known (<c>--fresh</c>).</param>
public sealed record PlanOptions(int Generation = 0);
