// A whole subscriber, with @nats-io: prints every report, its documents checked, and goes on where it left off.
// After a fall the last ones may come again: the id tells.
// node docs/subscriber.mjs FOLDER [READER]     the folder that `spor init` made; `reader` is the reader's name

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { jetstream } from "@nats-io/jetstream";
import { connect, nkeyAuthenticator } from "@nats-io/transport-node";

const [folder, reader = "reader"] = process.argv.slice(2);
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
  if (createHash("sha256").update(body).digest("hex") !== digest) throw new Error(`${digest} is another document`);
  return body;
}

const seen = new Set();
const reports = await jetstream(nc, { apiPrefix: "LEDGER.API" }).consumers.get("REPORTS", reader);
for await (const message of await reports.consume()) {
  const event = message.json();
  if (!seen.has(event.id)) {
    const issued = event.data.issued;
    const read = await Promise.all(issued.documents.map((found) => document(found.digest)));
    console.log(event.id, issued.question ?? issued.programme, event.data.report, ...read.map((body) => body.length));
    seen.add(event.id);
  }
  message.ack(); // what is not acknowledged comes again
}
