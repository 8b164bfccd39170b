namespace NasFarm.Farm.Store;

/// <summary>A store cannot be opened. The message names the store, what is wrong and what to do.</summary>
public sealed class StoreUnusableException(string message, Exception? inner = null) : Exception(message, inner);
