# cdc-sync: built from the repository's root, as docker-compose.yml does.
FROM ubuntu:24.04 AS build
RUN apt-get update && apt-get install -y --no-install-recommends dotnet-sdk-10.0 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY .config .config
COPY extracted-services/ServiceDefaults extracted-services/ServiceDefaults
COPY cdc-sync cdc-sync
RUN dotnet publish cdc-sync/Strangler.CdcSync.csproj -c Release -o /app --nologo

FROM ubuntu:24.04
RUN apt-get update && apt-get install -y --no-install-recommends aspnetcore-runtime-10.0 curl && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /home/strangler strangler
WORKDIR /app
COPY --from=build /app .
# What each service mirrors is the service's own file.
COPY extracted-services/Catalog/subscription.json subscriptions/catalog.json
COPY extracted-services/Catalog/entities.json subscriptions/catalog.entities.json
USER strangler
EXPOSE 8095
HEALTHCHECK --interval=5s --timeout=3s --start-period=120s CMD curl -fsS http://127.0.0.1:8095/health/live || exit 1
ENTRYPOINT ["dotnet", "Strangler.CdcSync.dll"]
