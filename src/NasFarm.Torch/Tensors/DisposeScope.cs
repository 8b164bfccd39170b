namespace TorchSharp;

/// <summary>Disposes the tensors that its thread creates while it is the innermost scope.</summary>
/// <remarks>The tensors form a linked list through themselves, so joining and leaving a scope costs a few assignments.</remarks>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? innermost;

    private DisposeScope? outer;
    private torch.Tensor? first;
    private bool disposed;

    internal DisposeScope()
    {
        outer = innermost;
        innermost = this;
    }

    /// <summary>How many tensors the scope would dispose now.</summary>
    public int DisposablesCount { get; private set; }

    internal static void Register(torch.Tensor tensor) => innermost?.Add(tensor);

    public T MoveToOuter<T>(T disposable) where T : IDisposable
    {
        Move(outer, AsTensor(disposable));
        return disposable;
    }

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (MoveToOuter(first), MoveToOuter(second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOuter((IEnumerable<IDisposable>)disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables) Move(outer, AsTensor(disposable));
    }

    public T Detach<T>(T disposable) where T : IDisposable
    {
        Move(null, AsTensor(disposable));
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (Detach(first), Detach(second));

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (Detach(first), Detach(second), Detach(third));

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables) Move(null, AsTensor(disposable));
    }

    /// <summary>Takes a tensor over from whatever scope it is in.</summary>
    public void Attach(IDisposable disposable)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var tensor = AsTensor(disposable);
        if (tensor.scope == this) return;
        tensor.scope?.Remove(tensor);
        Add(tensor);
    }

    public void Attach(params IDisposable[] disposables)
    {
        foreach (var disposable in disposables) Attach(disposable);
    }

    public bool Contains(IDisposable disposable) => AsTensor(disposable).scope == this;

    /// <summary>Disposes every tensor of the scope and leaves the scope open.</summary>
    public void DisposeEverything()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        while (first is { } tensor) tensor.Dispose();
    }

    /// <summary>Disposes the tensors; the scope around it, if any, is the innermost again.</summary>
    public void Dispose()
    {
        if (disposed) return;
        DisposeEverything();
        disposed = true;
        if (innermost == this)
        {
            innermost = outer;
            return;
        }
        for (var inner = innermost; inner is not null; inner = inner.outer)
        {
            if (inner.outer != this) continue;
            inner.outer = outer;
            return;
        }
    }

    internal void Remove(torch.Tensor tensor)
    {
        if (tensor.previous is { } previous) previous.next = tensor.next;
        else first = tensor.next;
        if (tensor.next is { } next) next.previous = tensor.previous;
        tensor.previous = tensor.next = null;
        tensor.scope = null;
        DisposablesCount--;
    }

    private void Add(torch.Tensor tensor)
    {
        tensor.scope = this;
        tensor.next = first;
        if (first is not null) first.previous = tensor;
        first = tensor;
        DisposablesCount++;
    }

    // A tensor of another scope stays where it is.
    private void Move(DisposeScope? target, torch.Tensor tensor)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (tensor.scope != this) return;
        Remove(tensor);
        target?.Add(tensor);
    }

    private static torch.Tensor AsTensor(IDisposable disposable) =>
        disposable as torch.Tensor ?? throw new InvalidOperationException($"a scope holds tensors, not a {disposable.GetType().Name}");
}

public static partial class torch
{
    public static DisposeScope NewDisposeScope() => new();
}
