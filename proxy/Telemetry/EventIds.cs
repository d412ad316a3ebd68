namespace Strangler.Proxy.Telemetry;

/// <summary>Event ids of the proxy, 1000–1999: a hundred per feature, errors in its upper half. Forwarding has 1000–1099.</summary>
internal static class EventIds
{
    // Slices: 1100–1199
    public const int SlicesLoaded = 1100;
    public const int SlicesKept = 1150;
    public const int SlicesRejected = 1151;

    // Stages and the control database: 1200–1299
    public const int StagesLoaded = 1200;
    public const int StageChanged = 1201;
    public const int KillSwitchChanged = 1202;
    public const int ControlDatabaseReady = 1203;
    public const int SchemaMigration = 1204;
    public const int StagesKept = 1250;
    public const int ControlDatabaseUnreachable = 1251;
    public const int RulesRejected = 1252;
    public const int NoGoodbye = 1253;

    // Decisions and fallback: 1300–1399
    public const int FallBack = 1300;
    public const int CircuitOpened = 1350;
    public const int CircuitClosed = 1301;

    // Freshness: 1400–1499
    public const int LagKnown = 1400;
    public const int LagUnknown = 1450;

    // Shadow and parity: 1500–1599
    public const int ShadowFailed = 1550;
    public const int ParityNotKept = 1551;
    public const int RecordingBroken = 1552;
    public const int ReplayFailed = 1553;

    // Evidence, gates, ramps and their evaluator: 1600–1699
    public const int EvidenceWritten = 1600;
    public const int LeaseTaken = 1601;
    public const int LeaseLost = 1602;
    public const int RampMoved = 1603;
    public const int RampState = 1604;
    public const int EvidenceNotWritten = 1650;
    public const int RolledBack = 1651;
    public const int EvaluationFailed = 1652;

    // Kept answers: 1700–1799
    public const int ChangesHeard = 1700;
    public const int RedisBack = 1701;
    public const int ChangesSilent = 1750;
    public const int RedisAway = 1751;

    // Switching writes, fencing, rehearsals: 1900–1999
    public const int SwitchBegun = 1900;
    public const int SwitchStep = 1901;
    public const int SwitchEnded = 1902;
    public const int RehearsalEnded = 1903;
    public const int SwitchCancelled = 1950;
    public const int SwitchTakenOver = 1951;
    public const int SwitchLost = 1952;
    public const int WriteRefused = 1953;
    public const int SwitchFaulted = 1954;
}
