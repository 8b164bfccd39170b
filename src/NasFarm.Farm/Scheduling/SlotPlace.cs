namespace NasFarm.Farm.Scheduling;

/// <summary>Where a slot is: its host and its name there, e.g. <c>node7/gpu-0</c>. Slot ids name the process too, and change with it.</summary>
public static class SlotPlace
{
    /// <summary>The place of a slot.</summary>
    /// <param name="host">Machine name.</param>
    /// <param name="slotId">Ends in a slash and the slot's name.</param>
    public static string Of(string host, string slotId) => $"{host}/{slotId[(slotId.LastIndexOf('/') + 1)..]}";

    /// <summary>Does a word about <paramref name="place"/>, a host or one slot of it, concern the slot?</summary>
    public static bool Covers(string place, string host, string slotId) => place == host || place == Of(host, slotId);
}
