using NasFarm.Farm.Store;

namespace NasFarm.Farm.Artifacts;

/// <summary>What a farm's artifact store holds.</summary>
/// <param name="Where">Where it is.</param>
/// <param name="Files">Kept files.</param>
/// <param name="Bytes">Sum of their lengths.</param>
/// <param name="NeededFiles">Those that a row refers to.</param>
/// <param name="NeededBytes">Sum of their lengths.</param>
/// <param name="Cache">Copies on this host; null: none are kept.</param>
public sealed record ArtifactSurvey(string Where, int Files, long Bytes, int NeededFiles, long NeededBytes, CacheUse? Cache)
{
    private const int Batch = 500;

    /// <summary>Lists every file. Throws <see cref="ArtifactsUnavailableException"/>.</summary>
    public static async Task<ArtifactSurvey> ReadAsync(IFarmStore store, IArtifactStore artifacts, CancellationToken cancel = default)
    {
        var survey = new ArtifactSurvey(artifacts.Where, 0, 0, 0, 0, artifacts.Cache);
        await foreach (var batch in artifacts.ListAsync(cancel).Chunk(Batch).WithCancellation(cancel))
        {
            var needed = await store.ReferencedPathsAsync([.. batch.Select(file => file.Path)], cancel);
            var kept = batch.Where(file => needed.Contains(file.Path)).ToList();
            survey = survey with
            {
                Files = survey.Files + batch.Length,
                Bytes = survey.Bytes + batch.Sum(file => file.Bytes),
                NeededFiles = survey.NeededFiles + kept.Count,
                NeededBytes = survey.NeededBytes + kept.Sum(file => file.Bytes),
            };
        }
        return survey;
    }
}
