// Gives the tests the modules as they are shipped; bytes travel as hexadecimal digits.
import * as crypto from "/modules/ballot-crypto.js";
import * as letters from "/modules/ballot-letters.js";
import * as protocol from "/modules/ballot-protocol.js";

const bytes = digits => Uint8Array.from(digits.match(/../g) ?? [], byte => parseInt(byte, 16));

window.harness = {
  crypto, letters, protocol, bytes, digits: letters.hexadecimal,

  /** A ballot of this device; waits between retries take no time and are counted. */
  open(page, storage) {
    const ballot = protocol.open(page, storage ?? localStorage);
    const steps = [];
    return {
      ballot, steps,
      async send(answers, options = {}) {
        try {
          const receipt = await ballot.send(answers, step => steps.push(step), { wait: async () => {}, ...options });
          return { receipt, steps, kept: ballot.kept };
        } catch (error) {
          return { code: error.code, sentence: error.sentence, steps, kept: ballot.kept };
        }
      },
    };
  },
};
