# Mien: the verbs. `make demo` and `make test` do all the set-up, system packages included.
#
#   make deps     install the system packages (Debian 12)
#   make demo     build, then replay the sessions in recordings/ with the default model, beside their truth
#   make test     build and pass every test
#   make test-embed  build the example of examples/embed as a package of its own, and compare its answers to the command's
#   make test-devices
#                 real camera drivers and their faults, in a virtual machine (Tests/Devices)
#   make build    build .build/release/mien
#   make test-threads   pass the tests of threads under the thread sanitizer
#   make check-live
#                 a live session from files in real time: latency and CPU against their bounds
#   make check-actors
#                 are an actor's face and answers the same from a movie as drawn
#   make soak     a day of a live session in virtual time: memory, drift, counts (SOAK_HOURS)
#   make lint     formatting, the picture of the house, that no room names an architecture, and the C kernels' syntax for arm64
#   make house    draw docs/house.svg from Package.swift
#   make docs     build the documentation of every library room into .build/docs; a warning of DocC is an error
#   make format   format the sources
#   make fuzz     fuzz the parsers, FUZZ_SECONDS each (default 60)
#   make default-model  train the default model from nothing, into models/nano (hours; goes on where it was stopped)
#   make actors-table   what each sense and pre-training are worth on unseen actors (hours; likewise), into docs/results.md
#   make bench    kernels at the shapes of a window, the window, steps of training, and all around the model
#   make bench-peers
#                 a window beside OpenVINO, ONNX Runtime and PyTorch, which it installs (6 to 9 GB); PEERS: its options
#   make clean    remove what was built

# Some machines export these, which halves OpenBLAS.
unexport OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

MIEN := .build/release/mien
PACKAGES := libopenblas-dev libavformat-dev libavcodec-dev libswscale-dev libswresample-dev libavutil-dev \
            libsndfile1-dev libv4l-dev libpulse-dev libdlib-dev libzip-dev libssl-dev libcairo2-dev fonts-dejavu-core \
            pkg-config espeak-ng
# A sound server of the tests' own.
TEST_PACKAGES := pulseaudio pulseaudio-utils
FUZZ_SECONDS ?= 60
SOAK_HOURS ?= 24

.PHONY: deps build demo default-model actors-table test test-threads test-embed test-devices check-live check-actors soak lint \
        house docs format fuzz bench bench-peers clean

deps:
	@scripts/install-packages $(PACKAGES)

build: deps
	swift build -c release --explicit-target-dependency-import-check error

demo: build
	@echo
	@scripts/demo

# STUDY: more arguments, as --plan.
default-model: build
	@scripts/install-packages python3
	scripts/make-default-model $(STUDY)

actors-table: build
	@scripts/install-packages python3
	scripts/actors-table $(STUDY)
	scripts/actors-table --report

test: deps
	@scripts/install-packages $(TEST_PACKAGES)
	swift test --explicit-target-dependency-import-check error

test-threads: deps
	swift test --sanitize=thread --scratch-path .build-tsan --filter 'ThreadingTests|TensorTests.WorkerPool|RecognitionTests.Live(Core|Session)|SessionsTests.Session(RoundTrip|Crashes)|ClipsTests.BatchLoader|MienKitTests.(AnswerQueue|LiveRun)'

test-embed: deps
	examples/embed/check

# STUDY: as for default-model.
check-actors: build
	@scripts/install-packages python3
	scripts/check-actors $(STUDY)

# CHECK: more arguments, as --video FILE.
check-live: build
	@scripts/install-packages ffmpeg python3
	scripts/check-live $(CHECK)

soak: deps
	MIEN_SOAK_HOURS=$(SOAK_HOURS) swift test --filter RecognitionTests.LiveSoak

# DEVICES: which scenarios; none: all of them.
test-devices: build
	@scripts/install-packages qemu-system-x86 v4l-utils pulseaudio pulseaudio-utils ffmpeg gcc libc6-dev python3
	Tests/Devices/run $(DEVICES)

lint:
	@scripts/install-packages libc6-dev-arm64-cross python3
	scripts/draw-house --check
	scripts/check-architectures
	swift format lint --strict --recursive Sources Tests Fuzz/Sources Fuzz/Package.swift examples/embed/Sources examples/embed/Package.swift Package.swift
	clang --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include -fsyntax-only -Wall -Werror \
	  -ISources/CKernels/include Sources/CKernels/*.c

house:
	@scripts/install-packages python3
	scripts/draw-house

docs: deps
	@scripts/install-packages python3
	swift build --explicit-target-dependency-import-check error
	scripts/check-docs

format:
	swift format --in-place --recursive Sources Tests Fuzz/Sources Fuzz/Package.swift examples/embed/Sources examples/embed/Package.swift Package.swift

fuzz: deps
	Fuzz/run $(FUZZ_SECONDS)

bench: build
	for size in base tiny; do $(MIEN) bench --kernels --size $$size && $(MIEN) bench --size $$size || exit; done
	$(MIEN) bench --train pretrain --size small
	$(MIEN) bench --train finetune --size tiny
	$(MIEN) bench --pipeline recordings/demo.mp4

bench-peers: build
	@scripts/install-packages python3
	bench/peers $(PEERS)

clean:
	rm -rf .build
