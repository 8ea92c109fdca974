import type { ProvenPerson } from './approvals.ts';

/** A person's wish for access, with what an owner answered. */
export interface RequestView {
  readonly id: string;
  readonly state: 'open' | 'answered';
  readonly person: string;
  /** The rule that refused. */
  readonly rule: string;
  readonly call: string | undefined;
  /** The person's own words. */
  readonly text: string;
  readonly owner: string;
  readonly createdAtMs: number;
  readonly answer: string | undefined;
  readonly answeredBy: string | undefined;
  readonly answeredAtMs: number | undefined;
}

/** What people may do with requests: what the Ask link of a refusal opens. Mistakes are `UserError`s; every change is an entry. */
export interface Requests {
  /** By anybody who showed who they are. The same wish while it is open is the same request. */
  open(act: {
    readonly by: ProvenPerson;
    readonly rule: string;
    readonly call?: string | undefined;
    readonly text: string;
    readonly via: string;
  }): Promise<RequestView>;
  list(filter: { readonly state: RequestView['state'] | 'all'; readonly person?: string }): Promise<readonly RequestView[]>;
  /** Open ones that somebody may answer, newest first; where there are too many, those that wait longest. */
  answerable(by: ProvenPerson): Promise<readonly RequestView[]>;
  find(id: string): Promise<RequestView | undefined>;
  /** By the owner of the rule or an administrator, with a reason; a changed policy is applied by itself. */
  answer(act: { readonly request: string; readonly by: ProvenPerson; readonly answer: string; readonly via: string }): Promise<RequestView>;
  /** Whether somebody may answer it; `says` is the reason why not. */
  mayAnswer(request: RequestView, by: ProvenPerson): { readonly may: true } | { readonly may: false; readonly says: string };
}
