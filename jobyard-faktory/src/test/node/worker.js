// Runs jobs until it is told to stop: node worker.js PORT QUEUE LEDGER
// Every job that worked is a line of the ledger, which outlives this process.
const fs = require("fs");
const faktory = require("faktory-worker");

const [port, queue, file] = process.argv.slice(2);
const ledger = fs.openSync(file, "a");

async function done(job, number) {
  await new Promise((resolve) => setTimeout(resolve, number % 5));
  fs.writeSync(ledger, job.jid + " " + job.jobtype + " " + number + "\n");
}

const work = async (number, ctx) => done(ctx.job, number);
faktory.register("plain", (number, note) => (ctx) => {
  if (note.note !== "é " + number || ctx.job.custom.trace !== "t" + number) {
    throw new Error("not as it was pushed: " + JSON.stringify(ctx.job));
  }
  return work(number, ctx);
});
faktory.register("scheduled", (number) => (ctx) => work(number, ctx));
faktory.register("hopeless", (number) => async () => {
  throw new TypeError("never works: " + number);
});
faktory.register("flaky", (number) => async (ctx) => {
  if (!ctx.job.failure) throw new Error("not the first time: " + number);
  return work(number, ctx);
});
faktory.register("greet", (greet) => async (ctx) => {
  fs.writeSync(ledger, ctx.job.jid + " " + greet.name + " " + greet.times + "\n");
});

faktory
  .work({ host: "127.0.0.1", port, queues: [queue], concurrency: 20, beatInterval: 1 })
  .catch((e) => {
    console.error(e);
    process.exit(1);
  });
