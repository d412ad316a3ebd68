using System.Runtime.Versioning;

// The launcher is for Debian and Ubuntu: it reads /proc and installs by apt.
[assembly: SupportedOSPlatform("linux")]
