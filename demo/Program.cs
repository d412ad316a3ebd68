using Strangler.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("demo");

var app = builder.Build();
app.MapServiceDefaults();
app.Run();
