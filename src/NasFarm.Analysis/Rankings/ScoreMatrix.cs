namespace NasFarm.Analysis.Rankings;

/// <summary>Scores that one instance of a supernet gave its child networks: child × moment, higher is better (spec/algorithms.md §18).</summary>
public sealed class ScoreMatrix
{
    private readonly double[,] scores;

    /// <summary>Takes the scores as they are. Throws <see cref="ArgumentException"/> when sizes do not fit, a child or moment stands twice, or a score
    /// is not finite.</summary>
    /// <param name="instance">Name of the training, e.g. its seed.</param>
    /// <param name="children">Names of the rows, at least two.</param>
    /// <param name="moments">Epochs or minibatches of the columns, ascending, at least one.</param>
    /// <param name="scores">[children, moments], e.g. validation accuracy in percent.</param>
    public ScoreMatrix(string instance, IReadOnlyList<string> children, IReadOnlyList<int> moments, double[,] scores)
    {
        if (scores.GetLength(0) != children.Count || scores.GetLength(1) != moments.Count)
            throw new ArgumentException($"The scores are {scores.GetLength(0)} × {scores.GetLength(1)}; there are {children.Count} children and {moments.Count} moments.");
        if (children.Count < 2 || moments.Count < 1)
            throw new ArgumentException($"Instance {instance} has {children.Count} children and {moments.Count} moments; a ranking needs 2 children and 1 moment.");
        if (children.Distinct().Count() < children.Count)
            throw new ArgumentException($"Child {children.CountBy(c => c).MaxBy(c => c.Value).Key} of instance {instance} stands twice.");
        if (moments.Zip(moments.Skip(1)).Any(pair => pair.First >= pair.Second))
            throw new ArgumentException($"The moments of instance {instance} must grow.");
        foreach (var score in scores)
            if (!double.IsFinite(score)) throw new ArgumentException($"A score of instance {instance} is {score}; it must be finite.");
        (Instance, Children, Moments, this.scores) = (instance, children, moments, scores);
    }

    /// <summary>Name of the training.</summary>
    public string Instance { get; }

    /// <summary>Names of the children.</summary>
    public IReadOnlyList<string> Children { get; }

    /// <summary>Epochs or minibatches.</summary>
    public IReadOnlyList<int> Moments { get; }

    /// <summary>Scores of all children at the moment of that index, [children].</summary>
    public double[] At(int moment) => [.. Enumerable.Range(0, Children.Count).Select(child => scores[child, moment])];

    /// <summary>Scores at the last moment.</summary>
    public double[] Last => At(Moments.Count - 1);

    /// <summary>Only these children, in this order; groups are compared so.</summary>
    public ScoreMatrix Of(IReadOnlyList<string> children)
    {
        var rows = children.Select(c => Children.Index().First(x => x.Item == c).Index).ToArray();
        var chosen = new double[rows.Length, Moments.Count];
        for (var i = 0; i < rows.Length; i++)
            for (var m = 0; m < Moments.Count; m++) chosen[i, m] = scores[rows[i], m];
        return new(Instance, children, Moments, chosen);
    }
}
