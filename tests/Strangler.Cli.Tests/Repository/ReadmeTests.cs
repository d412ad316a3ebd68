using System.Text.RegularExpressions;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Tests.Repository;

/// <summary>Every command that the documents show is one that the command line takes.</summary>
public partial class ReadmeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("migration-plan.md")]
    public void Commands_AreTaken(string document)
    {
        var root = StranglerCommandLine.CreateRoot(new CliContext(TextWriter.Null, TextWriter.Null, new RepositoryLayout(RepositoryPaths.Root), interactive: false));
        var commands = CommandText().Matches(File.ReadAllText(RepositoryPaths.InRepository(document))).Select(match => match.Groups[1].Value.Trim()).Distinct().ToList();

        commands.Should().NotBeEmpty();
        foreach (var command in commands)
        {
            // A dangling part, as in "./strangler up --help", is help, not a run.
            var words = Word().Matches(command).Select(word => word.Value.Trim('"')).ToArray();
            root.Parse(words).Errors.Select(error => error.Message).Should().BeEmpty("of ./strangler {0}", command);
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("migration-plan.md")]
    public void Links_LeadSomewhere(string document) =>
        Link().Matches(File.ReadAllText(RepositoryPaths.InRepository(document))).Select(match => match.Groups[1].Value)
            .Should().AllSatisfy(link => Path.Exists(RepositoryPaths.InRepository(link)).Should().BeTrue("{0} is linked", link));

    [GeneratedRegex(@"(?:^\s*|`)\./strangler ([a-z][^`\n]*)", RegexOptions.Multiline)]
    private static partial Regex CommandText();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)\)")]
    private static partial Regex Link();
}
