using NasFarm.Catalog.Dirichlet;

namespace NasFarm.Catalog.Derivation;

/// <summary>How the logits of an edge become the weights of its operations.</summary>
public enum MixtureFunction
{
    /// <summary>The operations of an edge compete: softmax of the row (spec/algorithms.md §1.1).</summary>
    Softmax,

    /// <summary>Each operation stands for itself: the logistic function of its logit (FairDARTS, spec/algorithms.md §10).</summary>
    Sigmoid,

    /// <summary>The mean of a Dirichlet distribution of concentrations elu(α) + 1: each over their sum (DrNAS, spec/algorithms.md §20).</summary>
    Dirichlet,
}

/// <summary>Mixture functions on rows of logits, in double.</summary>
public static class Mixing
{
    /// <summary>Weights of the operations of one edge.</summary>
    public static double[] Weights(this MixtureFunction function, IReadOnlyList<double> logits) => function switch
    {
        MixtureFunction.Softmax => Softmax.Of(logits),
        MixtureFunction.Sigmoid => [.. logits.Select(a => 1 / (1 + Math.Exp(-a)))],
        _ => Concentration.Mean(logits),
    };
}
