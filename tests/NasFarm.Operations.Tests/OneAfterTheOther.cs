// The meters of a process are one: a test that reads them must be alone with its farm.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
