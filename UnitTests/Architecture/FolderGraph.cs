using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MlNetMobileViT.UnitTests;

/// <summary>
/// Which folders of a project use which others: the compiled types say what they use, and the sources in which folder a type
/// is. The root of the project is a folder too.
/// </summary>
internal sealed partial class FolderGraph
{
    private readonly Dictionary<string, string> _folders;
    private readonly SortedDictionary<(string From, string To), string> _uses = [];

    private FolderGraph(Dictionary<string, string> folders)
    {
        _folders = folders;
    }

    /// <summary>Every use of another folder, with an example: a type and one that it uses.</summary>
    public IReadOnlyDictionary<(string From, string To), string> Uses => _uses;

    /// <summary>Reads a project.</summary>
    /// <param name="folder">The folder of the project.</param>
    /// <param name="assembly">The assembly that was compiled from it.</param>
    public static FolderGraph Of(string folder, string assembly)
    {
        var graph = new FolderGraph(FoldersOfTypes(folder));
        using var module = ModuleDefinition.ReadModule(assembly);
        foreach (TypeDefinition type in module.GetTypes())
        {
            foreach (TypeReference used in References(type))
            {
                graph.Add(type, used);
            }
        }

        return graph;
    }

    /// <summary>A circle of folders, the first again at the end; empty where there is none.</summary>
    public IReadOnlyList<string> FindCircle()
    {
        var done = new HashSet<string>();
        var path = new List<string>();
        foreach (string folder in _uses.Keys.Select(static use => use.From).Distinct())
        {
            if (Visit(folder))
            {
                return path;
            }
        }

        return [];

        bool Visit(string folder)
        {
            int start = path.IndexOf(folder);
            path.Add(folder);
            if (start >= 0)
            {
                path.RemoveRange(0, start);
                return true;
            }

            if (!done.Contains(folder) && _uses.Keys.Where(use => use.From == folder).Any(use => Visit(use.To)))
            {
                return true;
            }

            done.Add(folder);
            path.RemoveAt(path.Count - 1);
            return false;
        }
    }

    /// <summary>The folder in which each type of the outermost level is declared.</summary>
    private static Dictionary<string, string> FoldersOfTypes(string project)
    {
        var folders = new Dictionary<string, string>();
        foreach (string file in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
        {
            string folder = Path.GetDirectoryName(Path.GetRelativePath(project, file))!.Replace('\\', '/');
            if (folder.Split('/') is ["obj" or "bin", ..])
            {
                continue;
            }

            foreach (Match match in Declaration().Matches(File.ReadAllText(file)))
            {
                folders[match.Groups["name"].Value] = folder;
            }
        }

        return folders;
    }

    private void Add(TypeDefinition type, TypeReference used)
    {
        if (FolderOf(type) is { } from && FolderOf(used) is { } to && from != to && used.GetElementType().Scope == type.Module)
        {
            _uses.TryAdd((from, to), $"{type.Name} uses {used.Name}");
        }
    }

    private string? FolderOf(TypeReference type)
    {
        type = type.GetElementType();
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        return _folders.GetValueOrDefault(type.Name.Split('`')[0]);
    }

    private static IEnumerable<TypeReference> References(TypeDefinition type) =>
        new[] { type.BaseType }
            .Concat(type.Interfaces.Select(static one => one.InterfaceType))
            .Concat(type.CustomAttributes.SelectMany(References))
            .Concat(type.Fields.SelectMany(static field => field.CustomAttributes.SelectMany(References).Append(field.FieldType)))
            .Concat(type.Properties.SelectMany(static property => property.CustomAttributes.SelectMany(References)))
            .Concat(type.GenericParameters.SelectMany(static parameter => parameter.Constraints.Select(static one => one.ConstraintType)))
            .Concat(type.Methods.SelectMany(References))
            .OfType<TypeReference>()
            .SelectMany(Parts);

    private static IEnumerable<TypeReference> References(CustomAttribute attribute) =>
        attribute.ConstructorArguments.Select(static argument => argument.Value).OfType<TypeReference>().Append(attribute.AttributeType);

    private static IEnumerable<TypeReference> References(MethodDefinition method)
    {
        IEnumerable<TypeReference> signature = Signature(method)
            .Concat(method.CustomAttributes.SelectMany(References))
            .Concat(method.GenericParameters.SelectMany(static one => one.Constraints.Select(static constraint => constraint.ConstraintType)));
        return !method.HasBody
            ? signature
            : signature
                .Concat(method.Body.Variables.Select(static variable => variable.VariableType))
                .Concat(method.Body.ExceptionHandlers.Select(static handler => handler.CatchType))
                .Concat(method.Body.Instructions.SelectMany(static instruction => References(instruction)))
                .OfType<TypeReference>();
    }

    private static IEnumerable<TypeReference> References(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod generic => Signature(generic).Concat(generic.GenericArguments).Append(generic.DeclaringType),
        MethodReference called => Signature(called).Append(called.DeclaringType),
        _ => [],
    };

    private static IEnumerable<TypeReference> Signature(IMethodSignature method) =>
        method.Parameters.Select(static parameter => parameter.ParameterType).Append(method.ReturnType);

    /// <summary>A type and what it is made of: the arguments of a generic one, the element of an array.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        FunctionPointerType pointer => Signature(pointer).SelectMany(Parts),
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|readonly|ref|unsafe|partial)\s+)*(?:class|record\s+struct|record\s+class|record|struct|interface|enum)\s+(?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
