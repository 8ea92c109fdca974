/** The record cannot be written: nothing happens, nothing runs, nothing is released. */
export class RecordUnavailable extends Error {
  static readonly code = 'record_unavailable';
  constructor(detail: string, options?: ErrorOptions) {
    super(`The record cannot be written: ${detail}`, options);
  }
}

/** A rule of the policy errored, or returned anything but what was asked for. Refuses the call. */
export class PolicyError extends Error {
  static readonly code = 'policy_error';
  readonly rule: string;
  constructor(rule: string, detail: string) {
    super(`Rule ${rule}: ${detail}`);
    this.rule = rule;
  }
}

/** A mistake of the person who typed the command or wrote the file: shown as is, exit code 2. */
export class UserError extends Error {
  static readonly code = 'user_error';
  /** What to do next, in a sentence. */
  readonly next: string | undefined;
  constructor(message: string, next?: string) {
    super(message);
    this.next = next;
  }
}

/** The database cannot be opened: said like a mistake, with what to do next, but exit code 3. */
export class DatabaseUnavailable extends UserError {}
