namespace Strangler.CdcSync.Catalog;

/// <summary>What a foreign key does to the children when the parent's row goes or its key changes.</summary>
internal enum ReferentialAction
{
    None,
    Cascade,
    SetNull,
}

/// <summary>A foreign key of the source; its columns stand in pairs.</summary>
internal sealed record ForeignKey(
    string Name, string Parent, IReadOnlyList<string> ParentColumns, string Child, IReadOnlyList<string> ChildColumns, ReferentialAction OnDelete, ReferentialAction OnUpdate)
{
    public bool HasAction => OnDelete != ReferentialAction.None || OnUpdate != ReferentialAction.None;
}
