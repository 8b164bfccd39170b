namespace NasFarm.Farm.Store;

/// <summary>How far a store's schema is.</summary>
/// <param name="Level">Migrations that the store has had; 0: it does not exist yet.</param>
/// <param name="Known">Migrations that this program knows.</param>
public sealed record SchemaLevel(int Level, int Known);
