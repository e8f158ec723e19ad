namespace MlNetMobileViT.Conversion;

/// <summary>
/// The names that a pickle holds only in order to attack whoever loads it, each with what it is good for. A file that refers to
/// one is refused wherever the name stands, although nothing is ever called here: somebody meant harm, and the same file would
/// do it in Python.
/// </summary>
/// <remarks>
/// Modules that a training repository may well have of its own (<c>code</c>, <c>commands</c>, <c>trace</c>, <c>profile</c>)
/// are not refused as a whole, only the functions of Python's that run something.
/// </remarks>
internal static class RefusedGlobals
{
    private const string RunsPrograms = "starts programs or changes files";
    private const string RunsCode = "runs code given as text or bytes";
    private const string FindsNames = "finds or changes names that a pickle should not reach";
    private const string LoadsCode = "imports code by its name";
    private const string ReachesFiles = "reads, writes or deletes files";
    private const string ReachesNetwork = "reaches the network";
    private const string ReachesMemory = "calls native code or writes into memory";

    /// <summary>A module, which stands for all that is in it, or a name in a module; and the reason.</summary>
    private static readonly Dictionary<string, string> Reasons = Create(
        (RunsPrograms,
        [
            "os", "posix", "nt", "subprocess", "_posixsubprocess", "_winapi", "popen2", "pty", "commands.getoutput",
            "commands.getstatusoutput", "platform.popen", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell",
            "asyncio.subprocess", "multiprocessing.util.spawnv_passfds", "distutils.spawn", "pydoc.pipepager", "pydoc.tempfilepager",
            "webbrowser", "antigravity", "torch.utils.collect_env", "torch.utils.cpp_extension",
        ]),
        (RunsCode,
        [
            "builtins.eval", "builtins.exec", "builtins.execfile", "builtins.compile", "builtins.apply", "builtins.breakpoint",
            "builtins.input", "builtins.raw_input", "builtins.help", "code.interact", "code.compile_command",
            "code.InteractiveInterpreter", "code.InteractiveConsole", "codeop", "pdb", "bdb", "timeit", "cProfile.run",
            "cProfile.runctx", "profile.run", "profile.runctx", "trace.Trace", "doctest", "marshal", "pickle.loads", "pickle.load",
            "pickle.Unpickler", "_pickle.loads", "_pickle.load", "_pickle.Unpickler", "cPickle.loads", "cPickle.load",
            "types.CodeType", "types.FunctionType", "numpy.testing", "numpy.load", "torch.load", "torch.serialization.load",
            "torch.jit.load", "torch.hub", "idlelib", "lib2to3",
        ]),
        (FindsNames,
        [
            "builtins.getattr", "builtins.setattr", "builtins.delattr", "builtins.globals", "builtins.locals", "builtins.vars",
            "operator.attrgetter", "operator.methodcaller", "_operator.attrgetter", "_operator.methodcaller", "sys", "gc",
            "inspect.currentframe", "inspect.stack",
        ]),
        (LoadsCode,
        [
            "builtins.__import__", "importlib", "_frozen_importlib", "_frozen_importlib_external", "imp.load_source",
            "imp.load_module", "imp.load_dynamic", "pkgutil", "runpy", "zipimport", "ensurepip", "pip", "venv",
        ]),
        (ReachesFiles,
        [
            "builtins.open", "builtins.file", "io.open", "io.open_code", "io.FileIO", "_io.open", "_io.open_code", "_io.FileIO",
            "codecs.open", "shutil", "tempfile", "fileinput", "linecache", "numpy.fromfile", "numpy.save",
        ]),
        (ReachesNetwork,
        [
            "socket", "_socket", "socketserver", "ssl", "urllib.request", "urllib2", "http.client", "http.server", "httplib",
            "ftplib", "smtplib", "telnetlib", "poplib", "imaplib", "xmlrpc", "requests.api", "requests.get", "requests.post",
            "aiohttp", "httpx",
        ]),
        (ReachesMemory, ["ctypes", "_ctypes", "cffi", "mmap"]));

    /// <summary>Why a global is refused, in words that follow its name; null where it is not.</summary>
    public static string? ReasonFor(string module, string name)
    {
        // Python 2 has the builtins under another name, and pickles of protocol 2 say so.
        if (Find(module == "__builtin__" ? $"builtins.{name}" : $"{module}.{name}") is { } reason)
        {
            return reason;
        }

        // A name with dots is walked from attribute to attribute by protocol 4: to another module that the first one has
        // imported, or through what every class and function has, such as __init__.__globals__.
        for (int dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            var rest = name.AsSpan(dot + 1);
            if (rest.StartsWith("__", StringComparison.Ordinal))
            {
                return FindsNames;
            }

            if (Find(rest) is { } reached)
            {
                return reached;
            }
        }

        return name.Contains('.', StringComparison.Ordinal) ? Find(name) : null;
    }

    /// <summary>
    /// Whether a refused global may be an honest one: since 3.11 Python saves each value of an enum as
    /// <c>getattr(Class, 'NAME')</c>, and training programs have enums among their settings.
    /// </summary>
    public static bool IsOfEnums(string module, string name) => module is "builtins" or "__builtin__" && name == "getattr";

    private static string? Find(ReadOnlySpan<char> path)
    {
        var reasons = Reasons.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int end = path.Length; end > 0; end = path[..end].LastIndexOf('.'))
        {
            if (reasons.TryGetValue(path[..end], out string? reason))
            {
                return reason;
            }
        }

        return null;
    }

    private static Dictionary<string, string> Create(params (string Reason, string[] Names)[] groups) => groups
        .SelectMany(static group => group.Names.Select(name => (name, group.Reason)))
        .ToDictionary(static entry => entry.name, static entry => entry.Reason, StringComparer.Ordinal);
}
