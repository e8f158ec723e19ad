// Internal test classes may have parameters of the library's internal types.
[assembly: DiscoverInternals]
[assembly: Parallelize(Scope = ExecutionScope.MethodLevel, Workers = 2)]
