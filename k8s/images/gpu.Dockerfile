# syntax=docker/dockerfile:1
# Role gpu: nasfarm-silo and its trainers, on the CUDA libtorch of PyTorch's wheel. The driver comes from the node.
ARG DEBIAN_IMAGE
ARG DOTNET_SDK_IMAGE
ARG DOTNET_ASPNET_IMAGE

FROM ${DOTNET_SDK_IMAGE} AS sdk
FROM ${DOTNET_ASPNET_IMAGE} AS aspnet

FROM ${DEBIAN_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates cmake g++ libssl3 make python3-venv zlib1g \
 && rm -rf /var/lib/apt/lists/*
ARG TORCH_VERSION
RUN python3 -m venv /opt/torch && /opt/torch/bin/pip install --no-cache-dir --only-binary=:all: torch==${TORCH_VERSION}
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
ENV PATH=/usr/share/dotnet:$PATH DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
WORKDIR /source
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props global.json ./
COPY eng eng
COPY src src
ARG REVISION=
ENV TORCH=/opt/torch/lib/python3.11/site-packages/torch
RUN dotnet publish src/NasFarm.Cli --configuration Release --runtime linux-x64 --no-self-contained --output /publish -p:WithOrleans=true -p:SourceRevisionId=${REVISION} -p:NativeTorchDir=${TORCH}
RUN dotnet publish src/NasFarm.Orleans --configuration Release --runtime linux-x64 --no-self-contained --output /publish -p:WithOrleans=true -p:SourceRevisionId=${REVISION}

FROM ${DEBIAN_IMAGE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates dataset-fashion-mnist libgomp1 libgssapi-krb5-2 libssl3 libstdc++6 tzdata zlib1g \
 && rm -rf /var/lib/apt/lists/*
COPY --from=aspnet /usr/share/dotnet /usr/share/dotnet
# As the wheel lays them out: its libraries find NVIDIA's beside themselves.
COPY --from=build /opt/torch/lib/python3.11/site-packages/torch/lib /opt/torch/torch/lib
COPY --from=build /opt/torch/lib/python3.11/site-packages/nvidia /opt/torch/nvidia
COPY --from=build /publish /app
COPY LICENSE /usr/share/nasfarm/LICENSE
# The last one makes cuBLAS repeat itself bit for bit.
ENV DOTNET_ROOT=/usr/share/dotnet DOTNET_EnableDiagnostics=0 PATH=/app:$PATH HOME=/var/lib/nasfarm NASFARM_HOME=/var/lib/nasfarm \
    LD_LIBRARY_PATH=/opt/torch/torch/lib NVIDIA_DRIVER_CAPABILITIES=compute,utility CUBLAS_WORKSPACE_CONFIG=:4096:8
WORKDIR /var/lib/nasfarm
USER 10001:10001
ENTRYPOINT ["/app/nasfarm-silo"]
