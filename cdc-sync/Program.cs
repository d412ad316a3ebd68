using Microsoft.Extensions.Options;
using Strangler.CdcSync;
using Strangler.CdcSync.DeadLetters;
using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Invalidation;
using Strangler.CdcSync.Positions;
using Strangler.CdcSync.Relay;
using Strangler.CdcSync.Telemetry;
using Strangler.CdcSync.Verify;
using Strangler.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("cdc-sync");
builder.Services.AddOptions<CdcOptions>().BindConfiguration(CdcOptions.Section).ValidateOnStart();
builder.Services.AddSingleton<IValidateOptions<CdcOptions>, CdcOptionsValidator>();
builder.Services.AddSingleton<IValidateOptions<CdcOptions>, KafkaRulesValidator>();
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, PositionsJson.Default));
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, VerifyJson.Default));
builder.Services.AddHttpClient();
builder.Services.AddSingleton<CdcMetrics>();
builder.Services.AddSingleton<RowCounts>();
builder.Services.AddRelay();
builder.Services.AddSingleton<CdcEngine>();
builder.Services.AddSupervisedService<CdcEngine>();
builder.Services.AddHealthChecks().AddCheck<CdcHealthCheck>("targets", tags: [ServiceDefaultsExtensions.ReadyTag]);

WebApplication app;
try
{
    app = builder.Build();
    // What the operator wrote wrong is one line, not a stack.
    _ = app.Services.GetRequiredService<CdcEngine>();
}
catch (Exception fault) when (fault is OptionsValidationException or InvalidDataException)
{
    await Console.Error.WriteLineAsync($"cdc-sync: {fault.Message}");
    return 1;
}

app.MapServiceDefaults();
app.MapPositions();
app.MapDeadLetters();
app.MapInvalidations();
app.MapVerify();
app.MapReadModel();
app.MapRelay();
app.Run();
return 0;
