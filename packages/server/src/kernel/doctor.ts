/** What a check came to. `not covered`: nothing of Trapkey stands there. */
export const proofStates = ['proved', 'not proved', 'not covered'] as const;
export type ProofState = (typeof proofStates)[number];

/** The way that was tried. */
export type ProofPath = 'mcp http' | 'stdio' | 'hook' | 'upstream' | 'telemetry' | 'separation' | 'client';

/** One thing that was tried, and when. */
export interface Proof {
  readonly path: ProofPath;
  /** An endpoint, a connection, a node, a client's entry. */
  readonly subject: string;
  readonly state: ProofState;
  readonly says: string;
  readonly at: string;
}

/** Everything that `doctor` tried; also what `--json` prints. */
export interface DoctorReport {
  readonly format: 'trapkey-doctor/1';
  readonly at: string;
  readonly url: string;
  readonly proofs: readonly Proof[];
}
