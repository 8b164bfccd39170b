namespace NasFarm.Farm.Store;

/// <summary>The store did not answer: gone, cut off, or busy for longer than a call waits. Whether the call took effect is unknown. Every
/// member of <see cref="IFarmStore"/> may therefore be called again: writes of an attempt prove their fence and say nothing twice, commands
/// carry an operation id, and what a lost answer would have told can be read again.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
