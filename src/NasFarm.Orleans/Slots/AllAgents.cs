using Orleans.Runtime;

namespace NasFarm.Orleans.Slots;

/// <summary>The slot services of every silo that is a member now.</summary>
public sealed class AllAgents(SlotAgentClient client, IClusterMembershipService membership)
{
    /// <summary>Says something to each; who cannot be reached does not hear it, and asks the store at its next poll.</summary>
    public async Task EachAsync(Func<ISlotAgentService, Task> say)
    {
        foreach (var member in membership.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active))
        {
            try
            {
                await say(client.On(member.SiloAddress));
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // It is leaving.
            }
        }
    }
}
