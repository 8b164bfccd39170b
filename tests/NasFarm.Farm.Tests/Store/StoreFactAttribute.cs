using Xunit.Abstractions;
using Xunit.Sdk;

namespace NasFarm.Farm.Tests.Store;

/// <summary>A fact about every store. A class whose database may be absent says so with <see cref="NeedsAttribute"/>, and is then skipped and counted.</summary>
[XunitTestCaseDiscoverer("NasFarm.Farm.Tests.Store." + nameof(StoreFactDiscoverer), "NasFarm.Farm.Tests")]
public sealed class StoreFactAttribute : FactAttribute;

/// <summary>What a test class cannot do without.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class NeedsAttribute : Attribute
{
    /// <summary>Why the tests are skipped; null: they are not.</summary>
    public abstract string? Absent { get; }
}

/// <summary>Finds <see cref="StoreFactAttribute"/>s; the runner makes it by its name.</summary>
public sealed class StoreFactDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact)
    {
        var needs = method.TestClass.Class.ToRuntimeType()?.GetCustomAttributes(typeof(NeedsAttribute), inherit: true).OfType<NeedsAttribute>().FirstOrDefault();
        return needs?.Absent is null ? base.CreateTestCase(options, method, fact)
            : new SkippedTestCase(DiagnosticMessageSink, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method);
    }
}

/// <summary>A test that does not run; says why.</summary>
public sealed class SkippedTestCase : XunitTestCase
{
    [Obsolete("For the runner, which sends test cases between processes.", error: true)]
    public SkippedTestCase() { }

    public SkippedTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method) { }

    protected override string GetSkipReason(IAttributeInfo factAttribute) =>
        TestMethod.TestClass.Class.ToRuntimeType()?.GetCustomAttributes(typeof(NeedsAttribute), inherit: true).OfType<NeedsAttribute>().FirstOrDefault()?.Absent
            ?? base.GetSkipReason(factAttribute);
}
