// Requests that survive a lost connection. What is repeated here may arrive twice and still counts once.

const PAUSES = [1, 2, 4, 8, 15, 30];
const PATIENCE = 20_000;
const WORTH_REPEATING = [408, 429, 502, 503, 504];

/**
 * Why a ballot was not sent. `code` is the server's, or one of "network", "signed-out", "no-crypto", "not-kept",
 * "digest-differs", "unknown-segment", "not-signed", "comment-too-long"; `sentence` is the server's for a person, if it gave one.
 */
export class BallotError extends Error {
  constructor(code, { sentence = null, send = null, status = null } = {}) {
    super(sentence ?? code);
    Object.assign(this, { name: "BallotError", code, sentence, send, status });
  }
}

/** The JSON (or bytes) of a response; repeated with growing pauses while there is no connection. */
export async function requested(url, init, { progress = () => {}, wait = pause, as = "json" } = {}) {
  for (const seconds of [...PAUSES, null]) {
    const response = await attempted(url, init);
    if (response && !WORTH_REPEATING.includes(response.status)) return result(response, as);
    if (seconds === null) throw response ? refusal(response) : new BallotError("network");
    progress("retrying", { seconds });
    await wait(seconds);
  }
}

async function attempted(url, init) {
  try {
    const response = await fetch(url, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...init });
    // The body is part of the attempt: a connection may be lost in the middle of it.
    return { status: response.status, ok: response.ok, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch {
    return null;
  }
}

function result(response, as) {
  // A redirect shows no status: whoever is not signed in any more is sent to sign in.
  if (response.status === 0) throw new BallotError("signed-out");
  if (!response.ok) throw refusal(response);
  return as === "bytes" ? response.bytes : json(response);
}

function refusal(response) {
  const error = json(response)?.error;
  return new BallotError(error?.code ?? "network", {
    sentence: error?.message ?? null, send: error?.send ?? null, status: response.status,
  });
}

function json(response) {
  try {
    return JSON.parse(new TextDecoder().decode(response.bytes));
  } catch {
    return null;
  }
}

// Ends early when the device says that it is connected again.
function pause(seconds) {
  return new Promise(resume => {
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", done);
      resume();
    };
    const timer = setTimeout(done, seconds * 1000);
    globalThis.addEventListener?.("online", done);
  });
}
