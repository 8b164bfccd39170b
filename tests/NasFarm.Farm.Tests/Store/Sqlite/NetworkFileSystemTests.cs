using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;

namespace NasFarm.Farm.Tests.Store.Sqlite;

public sealed class NetworkFileSystemTests
{
    private const string Mounts = """
        /dev/sda1 / ext4 rw 0 0
        server:/home /home nfs4 rw 0 0
        /dev/sdb1 /home/local ext4 rw 0 0
        //box/share /mnt/my\040share cifs rw 0 0
        tmpfs /homestead tmpfs rw 0 0
        """;

    [Theory]
    [InlineData("/var/farm.db", null)]
    [InlineData("/home/ada/farm.db", "nfs4")]
    [InlineData("/home/local/farm.db", null)]
    [InlineData("/mnt/my share/farm.db", "cifs")]
    [InlineData("/homestead/farm.db", null)]
    public void The_deepest_mount_decides(string path, string? type) => Assert.Equal(type, NetworkFileSystem.Find(path, Mounts));

    [Fact]
    public void The_temporary_folder_of_this_machine_is_local() => Assert.Null(NetworkFileSystem.Find(Path.GetTempPath()));
}
