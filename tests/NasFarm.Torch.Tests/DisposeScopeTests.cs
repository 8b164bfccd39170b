using static TorchSharp.torch;

namespace NasFarm.Torch.Tests;

public class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it_and_nothing_else()
    {
        using var before = ones([1]);
        Tensor inside;
        using (var scope = NewDisposeScope())
        {
            inside = before + 1;
            Assert.Equal(1, scope.DisposablesCount);
            Assert.True(scope.Contains(inside));
        }
        Assert.True(inside.IsInvalid);
        Assert.False(before.IsInvalid);
    }

    [Fact]
    public void A_tensor_moved_out_lives_as_long_as_the_outer_scope()
    {
        Tensor moved, detached, left;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                moved = ones([1]).MoveToOuterDisposeScope();
                detached = ones([1]).DetachFromDisposeScope();
                (left, _) = inner.MoveToOuter(ones([1]), ones([2]));
                Assert.Equal(0, inner.DisposablesCount);
                Assert.Equal(3, outer.DisposablesCount);
            }
            Assert.False(moved.IsInvalid);
            outer.Detach(left);
        }
        Assert.True(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        Assert.False(left.IsInvalid);
        detached.Dispose();
        left.Dispose();
    }

    [Fact]
    public void Without_an_outer_scope_moving_out_sets_free()
    {
        Tensor free;
        using (NewDisposeScope()) free = ones([1]).MoveToOuterDisposeScope();
        Assert.False(free.IsInvalid);
        free.Dispose();
    }

    [Fact]
    public void A_tensor_disposed_early_leaves_the_scope()
    {
        using var scope = NewDisposeScope();
        Tensor[] three = [ones([1]), ones([1]), ones([1])];
        three[1].Dispose();
        Assert.Equal(2, scope.DisposablesCount);
        scope.DisposeEverything();
        Assert.Equal(0, scope.DisposablesCount);
        Assert.All(three, tensor => Assert.True(tensor.IsInvalid));
        Assert.False(ones([1]).IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void An_attached_tensor_changes_its_scope()
    {
        using var free = ones([1]);
        using var outer = NewDisposeScope();
        using (var inner = NewDisposeScope())
        {
            inner.Attach(free);
            outer.Attach(free);
            Assert.Equal(0, inner.DisposablesCount);
        }
        Assert.False(free.IsInvalid);
        Assert.True(outer.Contains(free));
    }

    [Fact]
    public void A_scope_belongs_to_its_thread()
    {
        using var scope = NewDisposeScope();
        Tensor? other = null;
        var thread = new Thread(() => other = ones([1]));
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
        other!.Dispose();
    }

    [Fact]
    public void An_outer_scope_disposed_first_leaves_the_inner_one_in_charge()
    {
        var outer = NewDisposeScope();
        using var inner = NewDisposeScope();
        outer.Dispose();
        outer.Dispose();
        Assert.False(ones([1]).IsInvalid);
        Assert.Equal(1, inner.DisposablesCount);
        Assert.Throws<ObjectDisposedException>(() => outer.DisposeEverything());
    }

    [Fact]
    public void An_exception_leaves_nothing_behind()
    {
        Tensor? made = null;
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() =>
        {
            using var scope = NewDisposeScope();
            made = ones([2]);
            return matmul(made, ones([3]));
        });
        Assert.True(made!.IsInvalid);
        using var after = NewDisposeScope();
        Assert.Equal(0, after.DisposablesCount);
    }
}
