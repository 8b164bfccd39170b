using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Networks;

/// <summary>Lets go of what a computation made on its way. What gradients need lives on in the graph, and the backward pass frees it
/// piece by piece; a handle that we kept would hold it to the end of the step, and the peak with it.</summary>
public static class Intermediate
{
    /// <summary>The result alone, in the caller's dispose scope.</summary>
    public static Tensor Released(Func<Tensor> computation)
    {
        using var scope = NewDisposeScope();
        return computation().MoveToOuterDisposeScope();
    }
}
