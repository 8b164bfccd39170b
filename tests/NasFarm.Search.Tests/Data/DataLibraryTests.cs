using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using NasFarm.Catalog.Data;
using NasFarm.Search.Data;

namespace NasFarm.Search.Tests.Data;

public sealed class DataLibraryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DataLibrary library;

    public DataLibraryTests() => library = new(Directories(folder["user"]));

    public void Dispose() => folder.Dispose();

    private DataDirectories Directories(params string[] search) => new(search, folder["user"], folder["cache"]);

    private string WriteCifar10(string name, int test = 2)
    {
        Directory.CreateDirectory(folder[name]);
        for (var k = 1; k <= 5; k++)
            File.WriteAllBytes(Path.Combine(folder[name], $"data_batch_{k}.bin"), TinyFiles.Cifar10(k));
        File.WriteAllBytes(Path.Combine(folder[name], "test_batch.bin.gz"), TinyFiles.Packed(TinyFiles.Cifar10(test)));
        return folder[name];
    }

    [Fact]
    public void The_list_names_every_set_present_or_not()
    {
        library.Import("cifar-10", WriteCifar10("in"));
        File.Delete(folder["user/cifar-10/data_batch_4.bin"]);
        var list = library.List();

        Assert.Equal(new DataCatalog(Directories()).Names, list.Select(l => l.Name));
        var present = list.Single(l => l.Info is not null);
        Assert.Equal((folder["user/cifar-10"], 11, null), (present.Folder, present.Info!.TrainImages, present.Problem));
        Assert.Equal(["data_batch_4.bin"], present.MissingFiles);
        Assert.All(list.Where(l => l != present), l => Assert.StartsWith($"Data set {l.Name} is not available", l.Problem));
    }

    [Fact]
    public void An_import_copies_the_files_and_a_second_one_finds_them()
    {
        var source = WriteCifar10("in");
        var first = library.Import("cifar-10", source);
        Assert.False(first.AlreadyThere);
        Assert.Equal((folder["user/cifar-10"], 15, 2), (first.Set.Folder, first.Set.Info.TrainImages, first.Set.Info.TestImages));
        Assert.All(first.Set.Files, f => Assert.Equal(ChecksumVerdict.NotRecorded, f.Verdict));
        Assert.Equal(Directory.GetFiles(source).Select(Path.GetFileName).Order(), Directory.GetFiles(first.Set.Folder).Select(Path.GetFileName).Order());

        var second = library.Import("cifar-10", source);
        Assert.True(second.AlreadyThere);
        Assert.Equal(first.Set.Info, second.Set.Info);
        Assert.Equal([folder["user/cifar-10"]], Directory.GetFileSystemEntries(folder["user"]));
    }

    [Fact]
    public void An_import_never_replaces_other_content()
    {
        library.Import("cifar-10", WriteCifar10("in"));
        var error = Assert.Throws<DataSetUnavailableException>(() => library.Import("cifar-10", WriteCifar10("other", test: 3)));
        Assert.StartsWith($"{folder["user/cifar-10"]} already exists with other content; remove it to install cifar-10 with content hash ", error.Message);
        Assert.Equal([folder["user/cifar-10"]], Directory.GetFileSystemEntries(folder["user"]));
    }

    [Fact]
    public void An_import_of_a_damaged_or_partial_folder_leaves_nothing()
    {
        var source = WriteCifar10("in");
        File.WriteAllBytes(Path.Combine(source, "data_batch_3.bin"), [1, 2, 3]);
        Assert.Contains("ends 3 bytes into record 0", Assert.Throws<DataSetUnavailableException>(() => library.Import("cifar-10", source)).Message);
        File.Delete(Path.Combine(source, "test_batch.bin.gz"));
        Assert.Equal(
            $"{source} has no test_batch.bin (packed with gzip or not): nothing of cifar-10 was imported.",
            Assert.Throws<DataSetUnavailableException>(() => library.Import("cifar-10", source)).Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder["user"]));
    }

    [Fact]
    public void What_a_crashed_import_left_is_removed_by_the_next()
    {
        Directory.CreateDirectory(folder["user/.cifar-10.partial"]);
        File.WriteAllText(folder["user/.cifar-10.partial/data_batch_1.bin"], "half");
        Assert.Equal(15, library.Import("cifar-10", WriteCifar10("in")).Set.Info.TrainImages);
        Assert.Equal([folder["user/cifar-10"]], Directory.GetFileSystemEntries(folder["user"]));
    }

    [Fact]
    public void Files_that_differ_from_the_published_ones_are_imported_only_when_accepted()
    {
        TinyFiles.WriteMnist(folder["in"]);
        var error = Assert.Throws<DataSetUnavailableException>(() => library.Import("mnist", folder["in"]));
        Assert.StartsWith("mnist was not installed; give --accept-unverified to import it all the same. train-images-idx3-ubyte: unpacked SHA-256 is ", error.Message);
        Assert.Contains("; the published file's is ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db.", error.Message);
        Assert.All(library.Import("mnist", folder["in"], acceptUnverified: true).Set.Files, f => Assert.Equal(ChecksumVerdict.Differs, f.Verdict));
        Assert.Equal(6, library.Verify("mnist").Info.TrainImages);
    }

    [Fact]
    public async Task A_fetched_archive_without_recorded_checksums_is_kept_only_when_accepted()
    {
        var server = new Server { ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"] = TarGz(WriteCifar10("in"), "cifar-10-batches-bin/") };
        var error = await Assert.ThrowsAsync<DataSetUnavailableException>(() => library.FetchAsync("cifar-10", server.Client));
        Assert.StartsWith("cifar-10 was not installed; compare it with a source you trust and give --accept-unverified to keep it. data_batch_1.bin: unpacked SHA-256 is ", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder["user"]));

        var fetched = await library.FetchAsync("cifar-10", server.Client, acceptUnverified: true);
        Assert.Equal(library.Import("cifar-10", folder["in"]).Set.Info, fetched.Set.Info);
        Assert.Equal(6, Directory.GetFileSystemEntries(folder["user/cifar-10"]).Length);

        server.Clear();
        Assert.True((await library.FetchAsync("cifar-10", server.Client)).AlreadyThere);
    }

    [Fact]
    public async Task An_entry_with_a_path_upwards_is_kept_inside()
    {
        var server = new Server { ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"] = TarGz(WriteCifar10("in"), "../../../") };
        await library.FetchAsync("cifar-10", server.Client, acceptUnverified: true);
        Assert.Equal([folder["in"], folder["user"]], Directory.GetFileSystemEntries(folder.Path).Order());
        Assert.Equal(6, Directory.GetFileSystemEntries(folder["user/cifar-10"]).Length);
    }

    [Fact]
    public async Task A_zip_with_many_sets_gives_the_one_asked_for()
    {
        TinyFiles.WriteMnist(folder["in"], testPart: "test");
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in Directory.GetFiles(folder["in"]))
            {
                using var entry = archive.CreateEntry("gzip/emnist-balanced-" + Path.GetFileName(file)).Open();
                entry.Write(File.ReadAllBytes(file));
            }

            using var other = archive.CreateEntry("gzip/emnist-letters-train-images-idx3-ubyte.gz").Open();
            other.Write([1, 2, 3]);
        }

        var server = new Server { ["https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"] = zip.ToArray() };
        var fetched = await library.FetchAsync("emnist-balanced", server.Client, acceptUnverified: true);
        Assert.Equal((6, 4, 47), (fetched.Set.Info.TrainImages, fetched.Set.Info.TestImages, fetched.Set.Info.Classes));
        Assert.Equal(4, Directory.GetFileSystemEntries(fetched.Set.Folder).Length);
    }

    [Fact]
    public async Task A_fetched_file_that_differs_from_its_recorded_checksum_is_always_refused()
    {
        TinyFiles.WriteMnist(folder["in"]);
        var server = new Server();
        foreach (var slot in DataCatalog.Definition("mnist").Files)
            server[$"https://ossci-datasets.s3.amazonaws.com/mnist/{slot.OriginalName}.gz"] =
                TinyFiles.Packed(FoundSet.In(folder["in"], DataCatalog.Definition("mnist"), ownFolder: true).Files.Where(f => f.Slot == slot).Select(f => DecodedFile.Read(f.Path, 1 << 20).Bytes).Single());
        var error = await Assert.ThrowsAsync<DataSetUnavailableException>(() => library.FetchAsync("mnist", server.Client, acceptUnverified: true));
        Assert.Contains("train-images-idx3-ubyte.gz: unpacked SHA-256 is ", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder["user"]));
    }

    [Fact]
    public async Task An_address_that_does_not_answer_is_named_with_another_way()
    {
        var error = await Assert.ThrowsAsync<DataSetUnavailableException>(() => library.FetchAsync("fashion-mnist", new Server().Client));
        Assert.StartsWith("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/train-images-idx3-ubyte.gz cannot be fetched: ", error.Message);
        Assert.EndsWith(
            "Get the files another way and import them (nasfarm data import fashion-mnist FOLDER). On Debian: apt-get install dataset-fashion-mnist.",
            error.Message);
    }

    [Fact]
    public async Task A_damaged_or_incomplete_archive_is_refused()
    {
        var address = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";
        var source = WriteCifar10("in");
        var server = new Server { [address] = [1, 2, 3, 4] };
        Assert.StartsWith($"{address} sent a damaged archive", (await Assert.ThrowsAsync<DataSetUnavailableException>(() => library.FetchAsync("cifar-10", server.Client))).Message);
        server[address] = TarGz(source, "")[..^40];
        await Assert.ThrowsAsync<DataSetUnavailableException>(() => library.FetchAsync("cifar-10", server.Client, acceptUnverified: true));
        File.Delete(Path.Combine(source, "data_batch_5.bin"));
        server[address] = TarGz(source, "");
        Assert.Equal($"The archive {address} lacks data_batch_5.bin.", (await Assert.ThrowsAsync<DataSetUnavailableException>(() => library.FetchAsync("cifar-10", server.Client))).Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder["user"]));
    }

    [Fact]
    public async Task A_cancelled_fetch_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => library.FetchAsync("mnist", new Server().Client, cancel: cancel.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder["user"]));
    }

    [DebianFashionMnistFact]
    public async Task Debians_files_are_the_published_ones_and_count_as_fetched()
    {
        var debian = new DataLibrary(Directories(RealFiles.Debian));
        var fetched = await debian.FetchAsync("fashion-mnist", new Server().Client);
        Assert.True(fetched.AlreadyThere);
        Assert.All(fetched.Set.Files, f => Assert.Equal(ChecksumVerdict.Published, f.Verdict));
        Assert.True(fetched.Set.Info.Complete);
    }

    private static byte[] TarGz(string folder, string prefix)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var path in Directory.GetFiles(folder))
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, prefix + Path.GetFileName(path)) { DataStream = new MemoryStream(File.ReadAllBytes(path)) });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, prefix + "readme.html") { DataStream = new MemoryStream([1]) });
        }

        return packed.ToArray();
    }

    /// <summary>Answers with the bytes stored under an address, else 404.</summary>
    private sealed class Server : HttpMessageHandler
    {
        private readonly Dictionary<string, byte[]> answers = [];

        public HttpClient Client => new(this, disposeHandler: false);

        public byte[] this[string address]
        {
            set => answers[address] = value;
        }

        public void Clear() => answers.Clear();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(answers.TryGetValue(request.RequestUri!.ToString(), out var bytes)
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) }
                : new HttpResponseMessage(HttpStatusCode.NotFound));
        }
    }
}
