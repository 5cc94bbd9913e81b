# The short way to everything; meson and ninja do the work. `make run ARGS="-p 22,80 192.0.2.7"` scans that.
BUILD ?= build
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 20
ARGS ?= 127.0.0.1

.PHONY: all build run check lab consumers bench asan fuzz lint fmt install clean
all: build

$(BUILD)/build.ninja:
	meson setup $(BUILD) $(if $(wildcard $(BUILD)/meson-private),--wipe) >/dev/null

build:
	@tools/setup run
	@$(MAKE) --no-print-directory $(BUILD)/build.ninja
	ninja -C $(BUILD)

run: build
	$(BUILD)/leadline $(ARGS)

check:
	@tools/setup check
	@tools/check --build $(BUILD)

# The network lab: real servers and firewalls in network namespaces. `make lab CASES="article signals"` runs some.
lab: build
	@tools/setup lab
	tests/lab/lab.py test $(CASES)

# Programs that live around Nmap, run on the link that a user would make. `make consumers CASES="ansible ncrack"` runs some.
consumers: build
	@tools/setup consumers
	LEADLINE=$(BUILD)/leadline tests/consumers/consumers.py $(CASES)

bench: build
	@tools/setup bench
	bench/run.py $(CASES)

asan:
	@tools/setup check
	@tools/check --build $(BUILD) --only asan

fuzz:
	@tools/setup check
	tests/fuzz/run.py --build $(BUILD)/fuzz --seconds $(FUZZ_SECONDS) $(TARGETS)

lint:
	@tools/setup check
	@tools/style full

fmt:
	find src include tests bench -name '*.[ch]' | xargs clang-format -i

install: build
	meson configure $(BUILD) --prefix $(PREFIX)
	meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf $(BUILD)
