# Mien: the verbs. `make demo` and `make test` do all the set-up, system packages included.
#
#   make deps     install the system packages (Debian 12)
#   make demo     build, then replay the recording in recordings/ on freshly seeded weights
#   make test     build and pass every test
#   make build    build .build/release/mien
#   make lint     formatting, and the C kernels' syntax for arm64
#   make format   format the sources
#   make fuzz     fuzz the parsers, FUZZ_SECONDS each (default 60)
#   make bench    the window's time against this processor's matrix product
#   make clean    remove what was built

# Some machines export these, which halves OpenBLAS.
unexport OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

MIEN := .build/release/mien
PACKAGES := libopenblas-dev libavformat-dev libavcodec-dev libswscale-dev libswresample-dev libavutil-dev \
            libsndfile1-dev libdlib-dev libzip-dev libssl-dev pkg-config
FUZZ_SECONDS ?= 60

.PHONY: deps build demo test lint format fuzz bench clean

deps:
	@scripts/install-packages $(PACKAGES)

build: deps
	swift build -c release --explicit-target-dependency-import-check error

demo: build
	@echo
	$(MIEN) replay recordings/demo.mp4 --untrained tiny

test: deps
	swift test --explicit-target-dependency-import-check error

lint:
	@scripts/install-packages libc6-dev-arm64-cross
	swift format lint --strict --recursive Sources Tests Fuzz/Sources Fuzz/Package.swift Package.swift
	clang --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include -fsyntax-only -Wall -Werror \
	  -ISources/CKernels/include Sources/CKernels/*.c

format:
	swift format --in-place --recursive Sources Tests Fuzz/Sources Fuzz/Package.swift Package.swift

fuzz: deps
	Fuzz/run $(FUZZ_SECONDS)

bench: build
	$(MIEN) bench --size base --threads 1
	$(MIEN) bench --size tiny --threads 1

clean:
	rm -rf .build
