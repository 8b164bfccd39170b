using NasFarm.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Checkpoints;

/// <summary>Tensors to checkpoint entries and back. Device-neutral: a checkpoint written on a GPU is read on a CPU.</summary>
public static class TensorBytes
{
    /// <summary>Copies of the tensors' values, row-major.</summary>
    public static IReadOnlyList<TensorEntry> Entries(IEnumerable<NamedTensor> tensors)
    {
        using var scope = NewDisposeScope();
        return [.. tensors.Select(t => TensorEntry.Of(t.Name, t.Value.shape, t.Value.detach().cpu().contiguous().data<float>().ToArray()))];
    }

    /// <summary>Fills the tensors in place. Throws <see cref="CheckpointDamagedException"/> unless the file holds exactly these names
    /// with these shapes.</summary>
    public static void Restore(IEnumerable<NamedTensor> tensors, IReadOnlyDictionary<string, TensorEntry> entries, string path)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var left = entries.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var (name, target) in tensors)
        {
            if (!left.Remove(name))
                throw new CheckpointDamagedException(path, $"tensor '{name}'", "it is missing: the file belongs to another network.");
            var entry = entries[name];
            if (!entry.Shape.SequenceEqual(target.shape))
                throw new CheckpointDamagedException(path, $"tensor '{name}'",
                    $"its shape is [{string.Join(", ", entry.Shape)}]; the network's is [{string.Join(", ", target.shape)}].");
            target.copy_(tensor(entry.Floats.ToArray(), [.. entry.Shape]));
        }
        if (left.Count > 0)
            throw new CheckpointDamagedException(path, $"tensor '{left.Order(StringComparer.Ordinal).First()}'", "the network has no such tensor.");
    }
}
