// Pushes jobs of every sort: node pusher.js PORT QUEUE COUNT [SORT]
// Of ten jobs one fails the first time, one always, one is scheduled, and the others just work;
// those of one sort are the object that a Java record of this name is.
const faktory = require("faktory-worker");

async function main() {
  const [port, queue, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];
  const client = await faktory.connect({ port, host: "127.0.0.1" });
  const only = process.argv[5];
  const sorts = ["flaky", "hopeless", "scheduled"];
  let batch = [];
  for (let i = 0; i < count; i++) {
    const sort = only || sorts[i % 10] || "plain";
    const job = only
      ? client.job(only, { name: "Ann", times: i })
      : client.job(sort, i, { note: "é " + i });
    job.queue = queue;
    job.custom = { trace: "t" + i };
    if (sort === "hopeless") job.retry = -1;
    if (sort === "scheduled") job.at = new Date(Date.now() + 500 + (i % 700));
    if (i % 4 === 0) {
      await job.push();
    } else {
      batch.push(job);
    }
    if (batch.length === 500 || i === count - 1) {
      const rejected = await client.pushBulk(batch);
      if (Object.keys(rejected).length > 0) throw new Error(JSON.stringify(rejected));
      batch = [];
    }
  }
  const info = await client.info();
  console.log("pushed " + count + " to a server that is up for " + info.server.uptime + " s");
  await client.close();
}

main().catch((e) => {
  console.error(e);
  process.exit(1);
});
