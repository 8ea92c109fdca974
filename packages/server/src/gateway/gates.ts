import type { BodyBudget } from './body.ts';
import type { GatewayLimits } from './limits.ts';

/** Counts what is open at once, for one credential and over all; what doesn't fit is told so and nothing is queued. */
export interface Gates {
  /** A way to leave again, or a sentence. Leaving twice counts once. */
  enter(credential: string, kind: 'call' | 'stream'): (() => void) | string;
  readonly bodies: BodyBudget;
}

export function openGates(
  limits: Pick<GatewayLimits, 'concurrentMax' | 'concurrentPerCredentialMax' | 'streamsPerCredentialMax' | 'bodyBytesInFlightMax'>,
): Gates {
  const counts = new Map<string, number>();
  let calls = 0;
  return {
    bodies: { bytesMax: limits.bodyBytesInFlightMax, bytes: 0 },
    enter(credential, kind) {
      const key = `${kind} ${credential}`;
      const own = counts.get(key) ?? 0;
      const max = kind === 'call' ? limits.concurrentPerCredentialMax : limits.streamsPerCredentialMax;
      if (own >= max) return `This credential has ${own} ${kind === 'call' ? 'requests' : 'streams'} open, which is its limit`;
      if (kind === 'call' && calls >= limits.concurrentMax) return 'The gateway is at its limit of concurrent requests';
      counts.set(key, own + 1);
      if (kind === 'call') calls++;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        if (kind === 'call') calls--;
        const rest = (counts.get(key) ?? 1) - 1;
        if (rest > 0) counts.set(key, rest);
        else counts.delete(key);
      };
    },
  };
}
