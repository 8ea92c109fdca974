/** Where one kind of message goes. Addresses are secrets: whoever knows one can post there. */
export interface AlertTarget {
  readonly slack?: string;
  readonly webhook?: { readonly url: string; readonly secret: string };
  readonly email?: { readonly smtp: string; readonly from: string; readonly to: 'asked' | readonly string[] };
  /** Alerts only: its incident is opened, and resolved with the alert. */
  readonly pagerduty?: { readonly key: string; readonly url: string };
}

/** Where people are told of what waits for them. */
export interface AlertRules {
  readonly approvals?: AlertTarget;
  readonly operations?: AlertTarget;
  readonly security?: AlertTarget;
  readonly owners?: AlertTarget;
  readonly network: 'public' | 'private';
}

/** The kinds of message that policy names a target for. */
export const targetNames = ['approvals', 'operations', 'security', 'owners'] as const;
export type TargetName = (typeof targetNames)[number];
