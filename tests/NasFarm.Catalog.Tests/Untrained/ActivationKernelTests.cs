using NasFarm.Catalog.Untrained;

namespace NasFarm.Catalog.Tests.Untrained;

public sealed class ActivationKernelTests
{
    [Fact]
    public void Three_codes_of_four_units_have_the_determinant_of_the_specification()
    {
        // spec/algorithms.md §15: codes 1010, 1000, 0111.
        var kernel = new ActivationKernel(3);
        kernel.Add([0.1f, -1, 2, 0, 3, -0.5f, 0, -7, -1, 1e-9f, 1, 4]);
        Assert.Equal(new double[,] { { 4, 3, 1 }, { 3, 4, 0 }, { 1, 0, 4 } }, kernel.Matrix);
        Assert.Equal(3.178054, kernel.LogDeterminant(), 1e-6);
    }

    [Fact]
    public void Layers_add_up_as_if_their_units_were_one_layer()
    {
        var (whole, parts) = (new ActivationKernel(3), new ActivationKernel(3));
        whole.Add([1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1]);
        parts.Add([1, 0, 1, 0, 0, 1]);
        parts.Add([1, 0, 0, 0, 1, 1]);
        Assert.Equal(whole.Matrix, parts.Matrix);
    }

    [Fact]
    public void Two_images_of_one_code_make_it_singular()
    {
        var random = new Random(3);
        var codes = Enumerable.Range(0, 12 * 200).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
        codes.AsSpan(2 * 200, 200).CopyTo(codes.AsSpan(9 * 200, 200));
        var kernel = new ActivationKernel(12);
        kernel.Add(codes);
        Assert.Equal(double.NegativeInfinity, kernel.LogDeterminant());
    }

    [Fact]
    public void A_large_kernel_has_the_product_of_its_pivots()
    {
        // Image i is active at unit i alone: K = 2 I + (n − 2) J, det K = 2^(n−1) · (2 + n (n − 2)).
        const int N = 70;
        var kernel = new ActivationKernel(N);
        kernel.Add([.. Enumerable.Range(0, N * N).Select(k => k / N == k % N ? 1f : -1f)]);
        Assert.Equal((N - 1) * Math.Log(2) + Math.Log(2 + (double)N * (N - 2)), kernel.LogDeterminant(), 1e-9);
    }

    [Fact]
    public void Values_that_do_not_divide_into_images_are_refused() =>
        Assert.Contains("7 values do not divide into 3 images", Assert.Throws<ArgumentException>(() => new ActivationKernel(3).Add(new float[7])).Message);
}
