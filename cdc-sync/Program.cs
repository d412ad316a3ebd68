using Strangler.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("cdc-sync");

var app = builder.Build();
app.MapServiceDefaults();
app.Run();
