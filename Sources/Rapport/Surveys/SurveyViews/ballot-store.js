// What this device keeps of one round: answers, ballot key, number of the last send, receipt. Nothing of it
// leaves the device but by `send`.

const NOTHING = {
  ratings: [], comment: "", key: null, letters: null, digest: null, signature: null, send: 0, sent: null, state: "draft",
  receipt: null, replaces: false,
};

export class BallotStore {
  name;
  #storage;
  #memory = { ...NOTHING };
  /** Whether the device really keeps it: private windows and full disks may not. */
  isKept = true;

  /** `storage`: what has the methods of localStorage. */
  constructor(round, storage) {
    this.name = `rapport.ballot.${round}`;
    this.#storage = storage;
    this.isKept = this.#canKeep();
  }

  // Read each time: another window of this round may have written.
  get() {
    if (!this.isKept) return this.#memory;
    try {
      return { ...NOTHING, ...JSON.parse(this.#storage.getItem(this.name) ?? "{}") };
    } catch {
      return this.#memory;
    }
  }

  /** Changes some of it; says whether the device keeps it. */
  put(changes) {
    this.#memory = { ...this.get(), ...changes };
    try {
      this.#storage.setItem(this.name, JSON.stringify(this.#memory));
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
    return this.isKept;
  }

  forget() {
    this.#memory = { ...NOTHING };
    try {
      this.#storage.removeItem(this.name);
    } catch {
      this.isKept = false;
    }
  }

  #canKeep() {
    try {
      this.#storage.setItem(`${this.name}.try`, "1");
      this.#storage.removeItem(`${this.name}.try`);
      return true;
    } catch {
      return false;
    }
  }
}
