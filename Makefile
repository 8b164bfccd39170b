# NasFarm's one front door, for people and for CI. `make help` lists the words.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help quickstart build test test-all chaos lint bench gpu-check images pin-images sbom clean install build-and-servers

CONFIGURATION := Release
TESTS := $(wildcard tests/NasFarm.*.Tests)
# Two projects at once, the long ones first: some wait for processes and leases while others compute.
LONGEST := $(foreach name,Cli Search Farm Simulation,tests/NasFarm.$(name).Tests)
LONGEST_FIRST := $(LONGEST) $(filter-out $(LONGEST),$(TESTS))

# TENSOR_BACKEND=TorchSharp builds on the package of that name instead of NasFarm.Torch's own managed layer.
TENSOR_BACKEND ?= NasFarm
-include .probe/packages.mk
PROPERTIES = -p:TensorBackend=$(TENSOR_BACKEND) -p:CompileAhead=$(HAS_CROSSGEN) -p:WithOrleans=$(HAS_ORLEANS)

.probe/packages.mk: eng/probe.sh $(wildcard eng/probes/*/*.csproj)
	@eng/probe.sh

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

install: ## Install the system packages that are missing (Debian; needs root only then)
	@eng/install.sh

# While the native library's packages are installed, what does not need it is compiled; while the rest is built, the tests' servers are installed.
build-and-servers:
	@eng/install.sh & packages=$$!; \
	if [ -n "$$(eng/install.sh missing)" ]; then $(COMPILER) src/NasFarm.Farm || true; fi; \
	wait $$packages; \
	eng/install.sh tests & servers=$$!; \
	$(MAKE) --no-print-directory build && status=0 || status=$$?; \
	wait $$servers; exit $$status

# One compiler for all projects, even where the machine's own setting is one for each: it halves the time. It ends with the build.
COMPILER = dotnet build --configuration $(CONFIGURATION) --nologo --verbosity quiet $(PROPERTIES) -p:UseSharedCompilation=true
COMPILE = $(COMPILER) NasFarm.sln
END_COMPILER = && status=0 || status=$$?; dotnet build-server shutdown --vbcscompiler >/dev/null; exit $$status

build: install .probe/packages.mk ## Build everything
	@if [ "$(TENSOR_BACKEND)" = TorchSharp ] && [ "$(HAS_TORCHSHARP)" != true ]; then \
	  echo "TENSOR_BACKEND=TorchSharp needs the TorchSharp package, which this registry does not serve (see .probe/TorchSharp.log)."; exit 1; fi
	@$(COMPILE) $(END_COMPILER)

quickstart: build ## Search, retrain and compare on Fashion-MNIST: the whole instrument in a few minutes
	@./nasfarm run manifests/quickstart.yaml --report

test: build-and-servers ## What CI runs: every fast test (≤ 10 minutes on two cores)
	@eng/test.sh --jobs 2 --filter "Tier!=all&Tier!=chaos" $(LONGEST_FIRST)

test-all: build-and-servers ## The fast tests and the long ones (≤ 40 minutes)
	@eng/test.sh --filter "Tier!=chaos" $(TESTS)

chaos: build-and-servers ## The large kill counts with real processes (≤ 40 minutes)
	@eng/test.sh --filter "Tier=chaos" $(TESTS)

lint: build ## Format and analysis, nothing changed
	@$(COMPILE) --no-incremental -p:RunAnalyzersDuringBuild=true $(END_COMPILER)
	@WithOrleans=$(HAS_ORLEANS) dotnet format NasFarm.sln --verify-no-changes --no-restore

bench: build ## Every figure: the search step beside eager PyTorch, lambda-max beside the full Hessian (needs python3-torch)
	@dpkg-query -W python3-torch >/dev/null 2>&1 || { echo "make bench compares with Debian's PyTorch: apt-get install python3-torch"; exit 1; }
	@mkdir -p docs/results
	@for threads in 2 1; do losses=$$((threads == 2 ? 10 : 0)); \
	  tests/bench/search_step.py --space darts --channels 16 --layers 8 --batch 64 --threads $$threads --warmup 1 --steps 1 --loss-steps $$losses --out docs/results/step-darts-$$threads.json; \
	  tests/bench/search_step.py --space nb201 --channels 16 --layers 5 --batch 64 --threads $$threads --warmup 1 --steps 3 --loss-steps $$losses --out docs/results/step-nb201-$$threads.json; \
	done
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 tests/bench/NasFarm.Bench/bin/Release/net10.0/NasFarm.Bench lambda-max --channels 4 --layers 5 --batch 16 \
	  | tee docs/results/lambda-max.jsonl

gpu-check: ## Golden vectors, determinism and step times on this machine's GPU
	@eng/gpu-check.sh

images: ## Build the two images with docker
	@eng/images.sh build

pin-images: ## Write the digests of the base images that registries answer with
	@eng/images.sh pin

sbom: ## Build the images with bills of materials, into out/
	@eng/images.sh sbom

clean: ## Forget every built file and the registry's answers
	@rm -rf .probe out
	@find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
