// A whole emitter, with @nats-io/transport-node alone: sends one claim and prints its verdict. Run again, it is `repeated`.
//
// node docs/emitter.mjs FOLDER [SOURCE]     the folder that `spor init` made; `eksempel` is the sandbox's source

import { readFileSync } from "node:fs";
import { connect, headers, nkeyAuthenticator } from "@nats-io/transport-node";

const [folder, source = "eksempel"] = process.argv.slice(2);
const place = JSON.parse(readFileSync(`${folder}/spor.json`));
const seed = readFileSync(`${folder}/keys/${source}.nk`, "utf8").trim();
const nc = await connect({
  servers: `${place.host}:${place.port}`,
  authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
});

const claim = {
  specversion: "1.0",
  id: "temadag-2", // yours; the same id with the same content is the same claim, for ever
  source: `urn:spor:source:${source}`,
  type: "engagement.short-service-held.v1",
  subject: "short-service/temadag-2",
  data: { programme: "eksempel", kind: "theme-day", title: "Åbent hus", on: "2031-10-03", municipalities: ["9901"] },
};
const structured = headers();
structured.set("Content-Type", "application/cloudevents+json");
const subject = `inbox.${source}.short-service.temadag-2`; // inbox.<source>.<kind>.<id>
const kept = await nc.request(subject, JSON.stringify(claim), { timeout: 5000, headers: structured });

const question = JSON.stringify({ positions: [kept.json().seq], wait: 5 });
const answer = await nc.request(`ask.engagement.receipts.${source}`, question, { timeout: 10000 });
for (const receipt of answer.json().receipts) {
  const why = receipt.refusal ?? receipt.problems ?? (receipt.outcome ?? receipt).facts;
  console.log(receipt.verdict, JSON.stringify(why));
}
await nc.close();
