using Strangler.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("proxy");

var app = builder.Build();
app.MapServiceDefaults();
app.Run();
