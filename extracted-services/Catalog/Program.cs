using Strangler.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("catalog");

var app = builder.Build();
app.MapServiceDefaults();
app.Run();
