# catalog: built from the repository's root, as docker-compose.yml does.
FROM ubuntu:24.04 AS build
RUN apt-get update && apt-get install -y --no-install-recommends dotnet-sdk-10.0 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY .config .config
COPY extracted-services/ServiceDefaults extracted-services/ServiceDefaults
COPY extracted-services/WebApi extracted-services/WebApi
COPY extracted-services/Catalog extracted-services/Catalog
RUN dotnet publish extracted-services/Catalog/Strangler.Catalog.csproj -c Release -o /app --nologo

FROM ubuntu:24.04
RUN apt-get update && apt-get install -y --no-install-recommends aspnetcore-runtime-10.0 curl && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /home/strangler strangler
WORKDIR /app
COPY --from=build /app .
USER strangler
EXPOSE 8101
HEALTHCHECK --interval=5s --timeout=3s --start-period=120s CMD curl -fsS http://127.0.0.1:8101/health/live || exit 1
ENTRYPOINT ["dotnet", "Strangler.Catalog.dll"]
