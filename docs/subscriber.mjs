// A whole subscriber, with @nats-io: deals with every report once and in order, its documents checked.
// FILE has a line for each that was dealt with: one that comes again after a fall is known by its id.
// node docs/subscriber.mjs FOLDER [READER [FILE]]     the folder that `spor init` made; `reader` is the reader's name

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { jetstream } from "@nats-io/jetstream";
import { connect, nkeyAuthenticator } from "@nats-io/transport-node";

const [folder, reader = "reader", file = `${folder}/${reader}.read`] = process.argv.slice(2);
const place = JSON.parse(readFileSync(`${folder}/spor.json`));
const seed = readFileSync(`${folder}/keys/${reader}.nk`, "utf8").trim();
const nc = await connect({
  servers: `${place.host}:${place.port}`,
  authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
  maxReconnectAttempts: -1,
});

async function document(digest) {
  const chunk = (number) => nc.request(`LEDGER.API.DIRECT.GET.DOCS.docs.${digest}.${number}`, "", { timeout: 5000 });
  const chunks = [];
  for (let found; (found = (await chunk(chunks.length)).data).length; ) chunks.push(found); // until there is no more
  const body = Buffer.concat(chunks);
  if (createHash("sha256").update(body).digest("hex") === digest) return body;
  console.error(`${digest} is another document`);
  process.exit(1);
}

const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
const seen = new Set(lines.map((line) => line.split(" ")[0]));
const reports = await jetstream(nc, { apiPrefix: "LEDGER.API" }).consumers.get("REPORTS", reader);

async function take() {
  await nc.request(`LEDGER.API.CONSUMER.RESET.REPORTS.${reader}`, "", { timeout: 5000 });
  for (let message; (message = await reports.next({ expires: 5000 })); ) { // one at a time: none overtakes another
    const event = message.json();
    if (!seen.has(event.id)) {
      const issued = event.data.issued;
      const read = await Promise.all(issued.documents.map((found) => document(found.digest)));
      const about = issued.question ?? issued.programme;
      const line = [event.id, about, event.data.report, ...read.map((body) => body.length)].join(" ");
      appendFileSync(file, line + "\n"); // with this line it is dealt with
      console.log(line);
      seen.add(event.id);
    }
    message.ack(); // what is not acknowledged comes again
  }
}

for (;;) {
  await take().catch((error) => console.error(String(error)));
  await new Promise((resolve) => setTimeout(resolve, 100)); // then from the last acknowledged one on
}
