// Looks for this device's receipt in the round's whole list, here, so that nobody learns which one it is.
import { open } from "./ballot-protocol.js";
import { Words } from "./answer-words.js";

const list = document.querySelector("[data-receipts]");
if (list) {
  const ballot = open({ ...list.dataset });
  const words = new Words(document.documentElement.lang);
  const lines = [...list.querySelectorAll(".receipts li")];
  const said = list.querySelector("[data-own]");
  const own = lines.filter((line) => ballot.receiptIn([line.textContent]));
  said.textContent = words.say(own.length ? "found" : ballot.kept.receipt ? "not-found" : "none-here", { receipt: ballot.kept.receipt });
  said.hidden = false;
  for (const line of own) line.setAttribute("aria-current", "true");
}
