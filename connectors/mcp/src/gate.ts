/** Lets so many through at once, lets so many wait in order, and turns the rest away. */
export interface Gate {
  /** Resolves with true when it is this one's turn, with false when too many wait already. */
  enter(): Promise<boolean> | true;
  leave(): void;
}

/** A gate of `concurrentMax` places and a waiting room of `waitingMax`. */
export function openGate(concurrentMax: number, waitingMax: number): Gate {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return {
    enter() {
      if (inside < concurrentMax) {
        inside++;
        return true;
      }
      if (waiting.length >= waitingMax) return Promise.resolve(false);
      return new Promise<boolean>((resolve) => waiting.push(() => resolve(true)));
    },
    leave() {
      const next = waiting.shift();
      if (next) next();
      else inside--;
    },
  };
}
