using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Networks;

/// <summary>The ReLU of one network: max(0, x), and a place to listen to its outputs.</summary>
public sealed class Rectifier
{
    private Action<Tensor>? listener;

    /// <summary>max(0, x), used by one layer.</summary>
    public Tensor Apply(Tensor x)
    {
        var output = F.relu(x);
        Used(output);
        return output;
    }

    /// <summary>An output computed before is used by one layer more: reference implementations compute it once for each.</summary>
    public void Used(Tensor output) => listener?.Invoke(output);

    /// <summary>Runs a forward pass; every use of an output is heard, in the order of the pass.</summary>
    public void Listen(Action<Tensor> to, Action forward)
    {
        listener = to;
        try
        {
            forward();
        }
        finally
        {
            listener = null;
        }
    }
}
