#!/usr/bin/env bash
# Builds the native layer against a CUDA libtorch, runs the tests that need a GPU, and prints step times beside eager PyTorch.
# The CUDA libtorch is TORCH_DIR, or the one inside the python3 environment.
set -euo pipefail
cd "$(dirname "$0")/.."

torch_dir=${TORCH_DIR:-$(python3 -c 'import torch, os; print(os.path.dirname(torch.__file__))' 2>/dev/null || true)}
[ -n "$torch_dir" ] || { echo "No CUDA libtorch: set TORCH_DIR to an unpacked one, or install PyTorch in this python3." >&2; exit 1; }
nvidia-smi --query-gpu=name --format=csv,noheader >/dev/null 2>&1 || { echo "nvidia-smi names no GPU here." >&2; exit 1; }

dotnet build tests/NasFarm.Search.Tests --configuration Release --nologo --verbosity quiet -p:NativeTorchDir="$torch_dir"
dotnet build tests/bench/NasFarm.Bench --configuration Release --nologo --verbosity quiet -p:NativeTorchDir="$torch_dir"
export LD_LIBRARY_PATH="$torch_dir/lib:${LD_LIBRARY_PATH:-}" CUBLAS_WORKSPACE_CONFIG=:4096:8
for space in "darts 16 8" "nb201 16 5"; do
  read -r name channels layers <<<"$space"
  tests/bench/NasFarm.Bench/bin/Release/net10.0/NasFarm.Bench search-step --space "$name" --channels "$channels" --layers "$layers" --device cuda
  python3 tests/bench/eager_supernet.py --space "$name" --channels "$channels" --layers "$layers" --device cuda
done
exec eng/test.sh --filter "Device=cuda" tests/NasFarm.Search.Tests
