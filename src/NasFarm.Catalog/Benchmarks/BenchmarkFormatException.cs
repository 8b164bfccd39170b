namespace NasFarm.Catalog.Benchmarks;

/// <summary>A benchmark table is absent or not what it should be. The message begins with <c>file:line:column</c> (1-based; column is
/// the number of the field) and says what stands there and what would be right.</summary>
public sealed class BenchmarkFormatException(string message, Exception? inner = null) : Exception(message, inner);
