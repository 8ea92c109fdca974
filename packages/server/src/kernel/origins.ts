/** Where a value was seen in what the person's agents were given: the places, in words. Absent: nowhere there. */
export interface ValueOrigin {
  readonly prompt?: string;
  readonly trusted?: string;
  readonly outsiders?: string;
}

/** A read that the rules look back to. */
export interface ReadNote {
  /** `connector.tool`. */
  readonly from: string;
  readonly call: string;
  readonly atMs: number;
}

/** What is remembered of a person's session, as far as one call asks about it. Comes with the call, so that it can be decided again. */
export interface Origins {
  readonly untrusted?: ReadNote | undefined;
  readonly sensitive?: ReadNote | undefined;
  /** What outsiders wrote was dropped because there was too much: it could have named anything. */
  readonly forgotten: boolean;
  /** By the value as it stands in the arguments. */
  readonly values: Readonly<Record<string, ValueOrigin>>;
}
