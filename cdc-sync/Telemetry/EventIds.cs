namespace Strangler.CdcSync.Telemetry;

/// <summary>Ids of cdc-sync's log events: 3000–3999, a hundred for each feature, errors in the upper half.</summary>
internal static class EventIds
{
    public const int SourceConnected = 3000;
    public const int SourceReconnecting = 3001;
    public const int ChangedByStatement = 3002;
    public const int PreparedLost = 3003;
    public const int KafkaConnected = 3010;
    public const int KafkaReconnecting = 3011;
    public const int KafkaTrouble = 3012;
    public const int KafkaClient = 3013;
    public const int KafkaPositionsNotShown = 3014;
    public const int KafkaTopicFound = 3015;
    public const int KafkaRedelivered = 3016;
    public const int KafkaIncomplete = 3017;
    public const int KafkaLossy = 3018;
    public const int KafkaPoison = 3060;
    public const int TargetStarted = 3100;
    public const int BatchAgain = 3101;
    public const int RowRefused = 3153;
    public const int TargetRestarting = 3150;
    public const int TargetStopped = 3151;
    public const int TargetUnfit = 3152;
    public const int TableCopyStarted = 3200;
    public const int TableCopyDone = 3201;
    public const int ChunkReadAgain = 3202;
    public const int RowsReread = 3203;
    public const int TableCopyProgress = 3204;
    public const int CopyGoesOn = 3205;
    public const int CopyPaused = 3250;
    public const int TableDefinitionFollowed = 3300;
    public const int TableCopyAgain = 3301;
    public const int TablesSwapped = 3303;
    public const int CascadeParentUnmirrored = 3302;
    public const int SampleFailed = 3450;
    public const int NotifyFailed = 3401;
    public const int VerifyStarted = 3500;
    public const int VerifyDone = 3501;
    public const int VerifyInterrupted = 3502;
    public const int VerifyDifferences = 3550;
    public const int VerifyFailed = 3551;
    public const int RelayStarted = 3900;
    public const int RelayRestarting = 3950;
    public const int RelayStopped = 3951;
    public const int RetentionNotRead = 3402;
    public const int HeartbeatFailed = 3451;
    public const int RetentionLow = 3452;
}
