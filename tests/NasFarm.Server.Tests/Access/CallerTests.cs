using NasFarm.Server.Access;

namespace NasFarm.Server.Tests.Access;

/// <summary>Roles by tenant.</summary>
public sealed class CallerTests
{
    [Theory, InlineData(Role.Viewer), InlineData(Role.Submitter), InlineData(Role.Operator), InlineData(Role.Admin)]
    public void A_role_may_what_lower_ones_may_and_nothing_elsewhere(Role role)
    {
        var caller = TwoTenants.Of("lab", role);

        foreach (var asked in Enum.GetValues<Role>())
        {
            Assert.Equal(asked <= role, caller.May(asked, "lab"));
            Assert.False(caller.May(asked, "rival"));
            Assert.False(caller.MayEverywhere(asked));
        }
    }

    [Fact]
    public void The_higher_role_counts_where_two_apply()
    {
        var caller = new Caller("1", "ada", new Dictionary<string, Role> { ["lab"] = Role.Admin, ["rival"] = Role.Viewer, [Caller.EveryTenant] = Role.Submitter });

        Assert.Equal((Role.Admin, Role.Submitter, Role.Submitter), (caller.RoleIn("lab"), caller.RoleIn("rival"), caller.RoleIn("new")));
        Assert.True(caller.MayEverywhere(Role.Submitter));
        Assert.False(caller.MayEverywhere(Role.Operator));
        Assert.Equal(["lab"], caller.TenantsWith(Role.Admin));
    }

    [Fact]
    public void The_person_at_the_machine_may_everything() => Assert.True(Caller.LocalAdmin("ada").MayEverywhere(Role.Admin));
}
