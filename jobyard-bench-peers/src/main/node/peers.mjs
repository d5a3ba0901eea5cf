// Peers that run on Node, driven by the same lines as PeerMain: "about", "push-one N", "push-all N",
// "push-later N", "drain N", "latency N" on standard input, one line of JSON each on standard output.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { readFileSync } from "node:fs";

const [name, url] = process.argv.slice(2);
const now = () => process.hrtime.bigint();
const packages = JSON.parse(readFileSync(new URL("./package.json", import.meta.url))).dependencies;

/** Counts the jobs that ran. */
const tally = {
  ran: 0,
  first: 0n,
  last: 0n,
  hit() {
    this.last = now();
    if (this.ran++ === 0) this.first = this.last;
  },
  reset() {
    this.ran = 0;
    this.first = 0n;
  },
  async await(jobs) {
    while (this.ran < jobs) await sleep(1);
    return this.last - this.first;
  },
};

const BATCH = 1000;

async function inBatches(jobs, push) {
  for (let left = jobs; left > 0; left -= BATCH) await push(Math.min(left, BATCH));
}

// The settings of its page on performance, with the batches of 500 it recommends there.
async function graphile() {
  const { makeWorkerUtils, run } = await import("graphile-worker");
  const worker = {
    connectionString: url,
    concurrentJobs: 24,
    maxPoolSize: 25,
    localQueue: { size: 500 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
  };
  const { Logger } = await import("graphile-worker");
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ preset: { worker: { ...worker, logger } } });
  await utils.migrate();
  let runner = null;
  const tomorrow = () => new Date(Date.now() + 86_400_000);
  return {
    about: {
      name: "Graphile Worker",
      version: packages["graphile-worker"],
      settings:
        "Node, in one process: concurrentJobs 24, localQueue 500, completeJobBatchDelay 0, add_jobs by 1000",
    },
    async pushOne(jobs) {
      for (let i = 0; i < jobs; i++) await utils.addJob("noop", { text: "x" });
    },
    pushAll: (jobs) =>
      inBatches(jobs, (count) =>
        utils.addJobs(Array.from({ length: count }, () => ({ identifier: "noop", payload: { text: "x" } }))),
      ),
    pushLater: (jobs) =>
      inBatches(jobs, (count) =>
        utils.addJobs(
          Array.from({ length: count }, () => ({
            identifier: "noop",
            payload: { text: "x" },
            runAt: tomorrow(),
          })),
        ),
      ),
    async start() {
      runner = await run({ preset: { worker: { ...worker, logger } }, taskList: { noop: () => tally.hit() } });
    },
    async stop() {
      await runner?.stop();
      runner = null;
    },
    async close() {
      await this.stop();
      await utils.release();
    },
  };
}

async function bullmq() {
  const { Queue, Worker } = await import("bullmq");
  const { hostname, port } = new URL(url);
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const defaultJobOptions = { removeOnComplete: true };
  const queue = new Queue("bench", { connection, defaultJobOptions });
  let workers = [];
  return {
    about: {
      name: "BullMQ",
      version: packages.bullmq,
      settings: "Node, in one process: one worker, concurrency 100, addBulk by 1000, removeOnComplete",
    },
    async pushOne(jobs) {
      for (let i = 0; i < jobs; i++) await queue.add("noop", { text: "x" });
    },
    pushAll: (jobs) =>
      inBatches(jobs, (count) =>
        queue.addBulk(Array.from({ length: count }, () => ({ name: "noop", data: { text: "x" } }))),
      ),
    pushLater: (jobs) =>
      inBatches(jobs, (count) =>
        queue.addBulk(
          Array.from({ length: count }, () => ({ name: "noop", data: { text: "x" }, opts: { delay: 86_400_000 } })),
        ),
      ),
    async start() {
      workers = [new Worker("bench", async () => tally.hit(), { connection, concurrency: 100 })];
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.close()));
      workers = [];
    },
    async close() {
      await this.stop();
      await queue.close();
    },
  };
}

const peer = await { graphile, bullmq }[name]();

async function timed(step) {
  const start = now();
  await step();
  return { ns: Number(now() - start) };
}

async function drain(jobs) {
  tally.reset();
  await peer.start();
  const took = await tally.await(jobs);
  await peer.stop();
  return { ns: Number(took) };
}

async function latency(count) {
  const times = [];
  await peer.start();
  for (let i = 0; i < count; i++) {
    await sleep(10 + Math.random() * 30);
    tally.reset();
    const before = now();
    await peer.pushOne(1);
    await tally.await(1);
    times.push(Number(tally.first - before) / 1e6);
  }
  await peer.stop();
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { p50_ms: at(0.5), p99_ms: at(0.99) };
}

const commands = {
  about: () => peer.about,
  "push-one": (count) => timed(() => peer.pushOne(count)),
  "push-all": (count) => timed(() => peer.pushAll(count)),
  "push-later": (count) => timed(() => peer.pushLater(count)),
  drain,
  latency,
};

// Whoever asked may have died while a drain goes on.
process.stdin.on("end", () => globalThis.setTimeout(() => process.exit(1), 30_000).unref());

for await (const line of createInterface({ input: process.stdin })) {
  const [command, count] = line.split(" ");
  console.log(JSON.stringify(await commands[command](Number(count))));
}
await peer.close();
process.exit(0);
