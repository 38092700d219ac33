# `make demo` and `make test` need nothing but a Debian machine with Swift: they set up the rest.
SWIFT ?= swift
CONFIGURATION ?= release
BUILD := $(SWIFT) build -c $(CONFIGURATION)
MODEL := models/SmolLM2-135M-Instruct.Q4_1.gguf
PREFIX ?= /usr/local
INSTALLED := $(DESTDIR)$(PREFIX)
PROGRAMS := perk-serve perk-meta-train
MODEL_FILES := config.json model.safetensors tokenizer.model perk.json meta.safetensors
APT_PACKAGES := libopenblas-dev libsentencepiece-dev libsqlite3-dev zlib1g-dev pkg-config
SOURCES := Package.swift Sources Tests MetaTrain Serve Fuzz/Package.swift Fuzz/Sources
LIBRARIES = $(filter-out C%,$(notdir $(wildcard Sources/*))) ChatTemplates
MPI_OPTIONS := --traits MPI --scratch-path .build-mpi
MPI_BUILD := $(SWIFT) build $(MPI_OPTIONS)
# Containers run as root, on fewer processors than there are ranks.
MPIRUN ?= mpirun --allow-run-as-root --oversubscribe
MPI_TESTS = $(MPIRUN) -n 2 .build-mpi/debug/perkPackageTests.xctest --testing-library swift-testing
FUZZ_SECONDS ?= 60
FUZZ_BUILD := $(SWIFT) build -c release --package-path Fuzz -Xswiftc -sanitize=address,fuzzer \
    -Xcc -fsanitize=address,fuzzer-no-link -Xswiftc -use-ld=lld

.PHONY: demo test build manual install uninstall setup model test-model test-service test-mpi test-install test-package \
    test-clients lint format bench bench-service fuzz docs clean help

## demo: set up, build, learn the demo documents and answer the questions beside them
demo: build
	.build/release/perk-serve demo Fixtures/demo --no-cache

## test: set up, build and run every test
test: setup
	$(SWIFT) test

## build: set up and build the programs, with optimization
build: setup
	$(BUILD)

## manual: write the manual pages of the programs below .build
manual: build
	$(SWIFT) package generate-manual --configuration $(CONFIGURATION)
	mkdir -p .build/manual && cp .build/plugins/GenerateManual/outputs/*/*.1 .build/manual

## install: build, and install programs, default model, recipes and manual pages below PREFIX, /usr/local by default
install: manual
	install -d $(INSTALLED)/bin $(INSTALLED)/share/man/man1 $(INSTALLED)/share/perk/models/default-model \
	    $(INSTALLED)/share/perk/recipes
	install -s -m 755 $(PROGRAMS:%=.build/$(CONFIGURATION)/%) $(INSTALLED)/bin
	install -m 644 $(PROGRAMS:%=.build/manual/%.1) $(INSTALLED)/share/man/man1
	install -m 644 $(MODEL_FILES:%=Fixtures/default-model/%) $(INSTALLED)/share/perk/models/default-model
	install -m 644 Recipes/*.yaml $(INSTALLED)/share/perk/recipes

## uninstall: remove what install has put below PREFIX
uninstall:
	rm -f $(PROGRAMS:%=$(INSTALLED)/bin/%) $(PROGRAMS:%=$(INSTALLED)/share/man/man1/%.1)
	rm -rf $(INSTALLED)/share/perk

## setup: install the C libraries that are missing
setup:
	@missing=""; for package in $(APT_PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	    sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	    echo "installing$$missing"; \
	    $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing; \
	fi

## model: fetch SmolLM2-135M-Instruct, a pretrained model of 98 MB (Apache-2.0), into models
model:
	@Fixtures/smollm2/fetch.sh $(dir $(MODEL))

## test-model: test with that model, which `make test` does without
test-model: setup model
	PERK_TEST_SMOLLM2="$(CURDIR)/$(MODEL)" $(SWIFT) test --filter RealModel

## test-service: test the built service over pipes: every row of its protocol, kills, other processes, much work
test-service: setup
	PERK_TEST_SERVICE=1 $(SWIFT) test --filter 'ConformanceTests|EnduranceTests|LimitTests'

## test-mpi: build with the trait MPI, which `make test` does without, and test on several ranks
test-mpi: APT_PACKAGES += libopenmpi-dev openmpi-bin
test-mpi: setup
	$(MPI_BUILD) --build-tests
	$(MPI_TESTS) --filter MPICommunicatorTests
	$(MPI_TESTS) --filter MPIMetaGradientTests
	PERK_MPIRUN="$(MPIRUN)" $(SWIFT) test $(MPI_OPTIONS) --skip-build --filter MPIRunTests

## test-install: install below a temporary folder and try the programs there, with the checkout out of sight
test-install:
	CONFIGURATION=$(CONFIGURATION) Tests/test-install.sh

## test-package: build a small package that depends on a tagged version of this one
test-package: setup
	Tests/test-package.sh

## test-clients: drive the service with the official clients, its page with Chromium, and two replicas behind nginx
test-clients: APT_PACKAGES += chromium chromium-driver nginx-light python3-venv
test-clients: build
	python3 -m venv .venv/clients && .venv/clients/bin/pip -q install -r Tests/Clients/requirements.txt
	.venv/clients/bin/python Tests/Clients/check_clients.py .build/$(CONFIGURATION)/perk-serve
	.venv/clients/bin/python Tests/Clients/check_page.py .build/$(CONFIGURATION)/perk-serve docs/page
	.venv/clients/bin/python Tests/Clients/check_replicas.py .build/$(CONFIGURATION)/perk-serve

## lint: check the style of every Swift file
lint:
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

## format: fix the style of every Swift file
format:
	$(SWIFT) format format --in-place --parallel --recursive $(SOURCES)

## bench: measure the table of benchmarks, or the row ROW of it, and write docs/benchmarks.md; Bench/environment.sh first
bench: build model
	python3 Bench/bench.py $(if $(ROW),--row $(ROW)) $(BENCH_OPTIONS)

## bench-service: measure the service under load: cancellations, questions beside learning, many clients for ten minutes
bench-service: build model
	python3 Bench/service.py --model $(MODEL)

## fuzz: hand random bytes to the readers of files and messages, FUZZ_SECONDS of it to each
fuzz: setup
	@for pair in ChatTemplate:chat-templates ContextProtocol:context-protocol GGUF:gguf \
	    GGUFAdapter:families/gguf-llama-q8_0/adapter ModelConfiguration:model-configurations Multipart:multipart \
	    Prometheus:prometheus SafeTensors:safetensors Tokenizer:tokenizers; do \
	    name=Fuzz$${pair%%:*}; seeds=Fixtures/$${pair##*:}; corpus=Fuzz/.build/corpus/$$name; \
	    mkdir -p $$corpus && $(FUZZ_BUILD) --product $$name && \
	    Fuzz/.build/release/$$name -max_total_time=$(FUZZ_SECONDS) -max_len=32768 -timeout=10 -rss_limit_mb=2048 \
	        -malloc_limit_mb=512 -artifact_prefix=Fuzz/.build/$$name- $$corpus $$seeds || exit 1; \
	done

## docs: write the documentation of the libraries below .build/documentation, to be served as a web site
# The plugin builds with every trait.
docs: APT_PACKAGES += libopenmpi-dev
docs: setup
	$(SWIFT) package --allow-writing-to-directory .build/documentation generate-documentation \
	    $(foreach library,$(LIBRARIES),--target $(library)) --enable-experimental-combined-documentation \
	    --output-path .build/documentation

## clean: remove everything that was built
clean:
	rm -rf .build .build-mpi

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
