// Many tests wait: for processes, servers and clocks. One more than the processors keeps those busy.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
