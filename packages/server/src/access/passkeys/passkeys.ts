import type { Json } from '@trapkey/contract/json.ts';
import type { Begun, Signed } from '../../kernel/sessions.ts';

/** A passkey as its holder sees it. */
export interface PasskeyView {
  readonly id: string;
  readonly label: string;
  readonly createdAtMs: number;
}

/** What a browser is asked, and the sealed challenge that it brings back with the answer. */
export interface Challenge {
  readonly options: Json;
  readonly sealed: string;
}

/** What a browser answered; the library checks every part of it. */
export interface ChallengeAnswer {
  readonly sealed: string;
  readonly response: unknown;
}

/** Passkeys: registered by somebody who just showed a credential, used to show one again. */
export interface Passkeys {
  list(person: string): Promise<readonly PasskeyView[]>;
  askToRegister(signed: Signed, at: URL): Promise<Challenge>;
  register(signed: Signed, at: URL, answer: ChallengeAnswer & { readonly label: string }): Promise<void>;
  askToProve(signed: Signed, at: URL): Promise<Challenge>;
  /** The session goes on under a new token; the challenge was bound to the old one, so it serves once. */
  prove(signed: Signed, at: URL, answer: ChallengeAnswer): Promise<Begun>;
  remove(signed: Signed, id: string): Promise<void>;
}
