# syntax=docker/dockerfile:1
# Roles control, api and migrate, and the chart's test: nasfarm-silo, and nasfarm for its data sets. No libtorch: nothing trains here.
ARG DEBIAN_IMAGE
ARG DOTNET_SDK_IMAGE
ARG DOTNET_ASPNET_IMAGE

FROM ${DOTNET_SDK_IMAGE} AS sdk
FROM ${DOTNET_ASPNET_IMAGE} AS aspnet

FROM ${DEBIAN_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates cmake g++ libopenblas0-pthread libssl3 libtorch-dev make zlib1g \
 && rm -rf /var/lib/apt/lists/*
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
ENV PATH=/usr/share/dotnet:$PATH DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
WORKDIR /source
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props global.json ./
COPY eng eng
COPY src src
ARG REVISION=
RUN dotnet publish src/NasFarm.Cli --configuration Release --runtime linux-x64 --no-self-contained --output /publish -p:WithOrleans=true -p:SourceRevisionId=${REVISION}
RUN dotnet publish src/NasFarm.Orleans --configuration Release --runtime linux-x64 --no-self-contained --output /publish -p:WithOrleans=true -p:SourceRevisionId=${REVISION}

FROM ${DEBIAN_IMAGE}
# curl is the chart's test's.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl dataset-fashion-mnist libgssapi-krb5-2 libssl3 libstdc++6 tzdata zlib1g \
 && rm -rf /var/lib/apt/lists/*
COPY --from=aspnet /usr/share/dotnet /usr/share/dotnet
COPY --from=build /publish /app
COPY manifests /usr/share/nasfarm/manifests
COPY LICENSE /usr/share/nasfarm/LICENSE
ENV DOTNET_ROOT=/usr/share/dotnet DOTNET_EnableDiagnostics=0 PATH=/app:$PATH HOME=/var/lib/nasfarm NASFARM_HOME=/var/lib/nasfarm
WORKDIR /var/lib/nasfarm
USER 10001:10001
ENTRYPOINT ["/app/nasfarm-silo"]
