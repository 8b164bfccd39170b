namespace NasFarm.Catalog.Progressive;

/// <summary>Probability that an element of a skip connection's output is dropped, over the epochs of one stage (P-DARTS; spec/algorithms.md §8): it
/// falls linearly while the weights train alone, and exponentially from the rate of the stage again when the alphas join.</summary>
/// <param name="Rate">Rate of the stage (p).</param>
/// <param name="Epochs">Epochs of a stage (E).</param>
/// <param name="WeightEpochs">Epochs of it that train the weights alone.</param>
/// <param name="Decay">Exponential decay per epoch.</param>
public readonly record struct SkipDropout(double Rate, int Epochs, int WeightEpochs, double Decay)
{
    /// <summary>p (E − e − 1)/E before <paramref name="WeightEpochs"/>, then p exp(−decay (e − weightEpochs)).</summary>
    /// <param name="epoch">0-based, in the stage.</param>
    public double At(int epoch) =>
        epoch < WeightEpochs ? Rate * (Epochs - epoch - 1) / Epochs : Rate * Math.Exp(-Decay * (epoch - WeightEpochs));
}
