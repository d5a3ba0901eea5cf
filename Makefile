# Everything make can do here; "make help" lists it.

# The formatter runs in Maven's own JVM and needs 21 or later; building needs a JDK 25.
JDK := $(or $(shell for jdk in "$$JAVA_HOME" /usr/lib/jvm/*25* /Library/Java/JavaVirtualMachines/*25*/Contents/Home; do \
	[ -x "$$jdk/bin/javac" ] && "$$jdk/bin/javac" -version 2>&1 | grep -qE '^javac (2[5-9]|[3-9])' && echo "$$jdk" && break; done),$(JAVA_HOME))
MVN := JAVA_HOME="$(JDK)" ./mvnw -B -ntp

.DEFAULT_GOAL := help
.PHONY: help build verify format docs dist bench bench-peers soak demo clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

build: ## Compile and package everything, without tests
	$(MVN) -q -DskipTests package

verify: ## Run all tests and checks, as CI does
	$(MVN) verify

format: ## Format all sources
	$(MVN) -q spotless:apply

docs: ## Write the reference of all keys and the JSON Schema anew
	$(MVN) -q test -pl jobyard-core -Dtest=ReferenceTest -Djobyard.docs=write

dist: ## Make jobyard-cli/target/jobyard-VERSION.zip with bin/ and lib/
	$(MVN) -q -DskipTests -Pdist package -pl jobyard-cli -am
	@ls jobyard-cli/target/jobyard-*.zip

bench: ## Measure throughput and latency
	./jobyard bench

bench-peers: ## Measure Jobyard beside other job systems; ARGS="--on redis" and others, see ARGS=--help
	$(MVN) -q -DskipTests package -pl jobyard-bench-peers -am
	cd jobyard-bench-peers/src/main/node && npm install --no-audit --no-fund --silent
	"$(JDK)/bin/java" -cp 'jobyard-bench-peers/target/classes:jobyard-bench-peers/target/lib/*' io.jobyard.bench.peers.PeersMain $(ARGS)

demo: ## Watch half a minute of real work
	./jobyard demo

soak: ## Run the long tests that verify leaves out, an hour; ARGS="-Dscenarios.on=REDIS" for one store's scenarios
	$(MVN) verify -Dtests.included=soak -Dtests.excluded= $(ARGS)

clean: ## Remove everything that was built
	$(MVN) -q clean
